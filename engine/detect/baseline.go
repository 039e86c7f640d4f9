package detect

// Reference gives the tables of the saved profile that the audit compares its
// windows with, or nil where it compares them with windows of the log. They are
// asked for by the same needs, and have every dimension of them but the window.
func Reference(t Tables) Tables {
	if p, ok := t.(interface{ Reference() Tables }); ok {
		return p.Reference()
	}
	return nil
}
