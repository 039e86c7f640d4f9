package config

import (
	"fmt"
	"strings"
)

// TimeLayout translates a strptime format to the reference time of package
// time; "" stays "". A fraction of a second (.%f) needs no directive: Go reads
// one wherever seconds end.
func TimeLayout(format string) (string, error) {
	if format == "" {
		return "", nil
	}
	if !strings.Contains(format, "%") {
		return "", fmt.Errorf("time format %s has no directive; write it in strptime style: %%Y-%%m-%%d %%H:%%M", quote(format))
	}
	rest := strings.ReplaceAll(format, ".%f", "")
	var b strings.Builder
	for rest != "" {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			break
		}
		after = strings.TrimPrefix(after, "-") // %-d: without leading zero
		if after == "" || directive(after[0]) == "" {
			return "", fmt.Errorf("time format %s has a directive that is not known; known are %%Y %%m %%d %%H %%M %%S .%%f %%I %%p %%y %%b %%B %%a %%A %%z %%Z %%j %%F %%T", quote(format))
		}
		b.WriteString(directive(after[0]))
		rest = after[1:]
	}
	return b.String(), nil
}

// directive is a strptime directive in Go's reference time. The forms without
// a leading zero read one or two digits, as strptime does.
func directive(c byte) string {
	switch c {
	case 'Y':
		return "2006"
	case 'y':
		return "06"
	case 'm':
		return "1"
	case 'd', 'e':
		return "2"
	case 'H':
		return "15"
	case 'I':
		return "3"
	case 'M':
		return "4"
	case 'S':
		return "5"
	case 'p':
		return "PM"
	case 'b', 'h':
		return "Jan"
	case 'B':
		return "January"
	case 'a':
		return "Mon"
	case 'A':
		return "Monday"
	case 'z':
		return "-0700"
	case 'Z':
		return "MST"
	case 'j':
		return "002"
	case 'F':
		return "2006-1-2"
	case 'T':
		return "15:4:5"
	case 'D':
		return "1/2/06"
	case 'R':
		return "15:4"
	case '%':
		return "%"
	}
	return ""
}
