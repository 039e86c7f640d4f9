package parquet

import (
	"fmt"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Members of the LogicalType union (LogicalTypes.md of the Parquet format).
const (
	logicalString    = 1
	logicalMap       = 2
	logicalList      = 3
	logicalEnum      = 4
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInteger   = 10
	logicalUnknown   = 11
	logicalJSON      = 12
	logicalBSON      = 13
	logicalUUID      = 14
	logicalFloat16   = 15
)

// Members of ConvertedType, the older annotation.
const (
	convertedUTF8 = iota
	convertedMap
	convertedMapKeyValue
	convertedList
	convertedEnum
	convertedDecimal
	convertedDate
	convertedTimeMillis
	convertedTimeMicros
	convertedTimestampMillis
	convertedTimestampMicros
	convertedUint8
	convertedUint16
	convertedUint32
	convertedUint64
	convertedInt8
	convertedInt16
	convertedInt32
	convertedInt64
	convertedJSON
	convertedBSON
)

// maxDecimal bounds decimals: 128 bytes hold 308 digits.
const (
	maxDecimalBytes  = 128
	maxDecimalDigits = 308
)

func (e *element) collection() bool {
	return e.logical.id == logicalList || e.logical.id == logicalMap ||
		e.converted == convertedList || e.converted == convertedMap || e.converted == convertedMapKeyValue
}

// annotation is the element's logical type; a converted type is translated as
// the format's compatibility tables say (its times are UTC).
func (e *element) annotation() logical {
	if e.logical.id != 0 {
		return e.logical
	}
	switch e.converted {
	case convertedUTF8:
		return logical{id: logicalString}
	case convertedEnum:
		return logical{id: logicalEnum}
	case convertedDecimal:
		return logical{id: logicalDecimal, scale: e.scale, precision: e.precision}
	case convertedDate:
		return logical{id: logicalDate}
	case convertedTimeMillis, convertedTimeMicros:
		return logical{id: logicalTime, utc: true, unit: int(e.converted-convertedTimeMillis) + 1}
	case convertedTimestampMillis, convertedTimestampMicros:
		return logical{id: logicalTimestamp, utc: true, unit: int(e.converted-convertedTimestampMillis) + 1}
	case convertedUint8, convertedUint16, convertedUint32, convertedUint64:
		return logical{id: logicalInteger, width: 8 << (e.converted - convertedUint8)}
	case convertedInt8, convertedInt16, convertedInt32, convertedInt64:
		return logical{id: logicalInteger, signed: true, width: 8 << (e.converted - convertedInt8)}
	case convertedJSON:
		return logical{id: logicalJSON}
	case convertedBSON:
		return logical{id: logicalBSON}
	}
	return logical{}
}

// annotate sets the logical type of a leaf and how its values are held. An
// annotation that is not known is ignored, as the format asks; one that does
// not fit its physical type makes the column unreadable.
func (l *leaf) annotate(e *element) {
	l.physicalForm(e)
	a := e.annotation()
	ok := true
	switch a.id {
	case logicalString, logicalEnum, logicalJSON:
		ok = l.physical == typeByteArray
		l.typ.Kind = source.String
	case logicalBSON:
		ok = l.physical == typeByteArray
	case logicalDecimal:
		ok = l.decimal(a)
	case logicalDate:
		ok = l.physical == typeInt32
		l.typ.Kind = source.Date
	case logicalTime:
		ok = l.physical == typeInt32 && a.unit == 1 || l.physical == typeInt64 && (a.unit == 2 || a.unit == 3)
		l.typ = source.Type{Kind: source.TimeOfDay, Unit: unit(a.unit)}
	case logicalTimestamp:
		ok = l.physical == typeInt64 && 1 <= a.unit && a.unit <= 3
		l.typ = source.Type{Kind: source.Timestamp, Unit: unit(a.unit), UTC: a.utc}
	case logicalInteger:
		ok = l.integer(a)
	case logicalUnknown:
		l.typ, l.form = source.Type{Kind: source.Null}, asCodes
	case logicalUUID:
		ok = l.physical == typeFixed && l.width == 16
		l.typ.Kind = source.String
	case logicalFloat16:
		ok = l.physical == typeFixed && l.width == 2
		l.typ.Kind, l.form = source.Float, asFloats
	}
	if !ok && l.bad == nil {
		l.bad = fmt.Errorf("logical type %d does not fit type %s", a.id, typeName(l.physical))
	}
}

func (l *leaf) physicalForm(e *element) {
	switch l.physical {
	case typeBoolean:
		l.typ.Kind, l.form = source.Bool, asCodes
	case typeInt32:
		l.typ.Kind, l.form, l.width = source.Int, asNarrow, 4
	case typeInt64:
		l.typ.Kind, l.form, l.width = source.Int, asInts, 8
	case typeInt96: // an instant, as Spark and Impala write it
		l.typ, l.form, l.width = source.Type{Kind: source.Timestamp, Unit: time.Nanosecond, UTC: true}, asInts, 12
	case typeFloat:
		l.typ.Kind, l.form, l.width = source.Float, asNarrow, 4
	case typeDouble:
		l.typ.Kind, l.form, l.width = source.Float, asFloats, 8
	case typeByteArray:
		l.typ.Kind, l.form = source.Binary, asStrings
	case typeFixed:
		l.typ.Kind, l.form, l.width = source.Binary, asStrings, int(e.length)
		if e.length <= 0 {
			l.bad = fmt.Errorf("fixed length of %d bytes", e.length)
		}
	}
}

func (l *leaf) decimal(a logical) bool {
	l.typ.Kind, l.form, l.scale = source.Decimal, asStrings, int(a.scale)
	switch l.physical {
	case typeInt32, typeInt64, typeByteArray:
	case typeFixed:
		if l.width > maxDecimalBytes {
			return false
		}
	default:
		return false
	}
	return 0 <= a.scale && a.scale <= a.precision && 0 < a.precision && a.precision <= maxDecimalDigits
}

func (l *leaf) integer(a logical) bool {
	if !a.signed {
		l.typ.Kind, l.unsigned = source.Uint, true
	}
	switch a.width {
	case 8, 16, 32:
		return l.physical == typeInt32
	case 64:
		return l.physical == typeInt64
	}
	return false
}

// unit is the duration behind the TimeUnit union: 1, 2, 3 for milli, micro, nano.
func unit(id int) time.Duration {
	switch id {
	case 1:
		return time.Millisecond
	case 2:
		return time.Microsecond
	}
	return time.Nanosecond
}

func typeName(physical int32) string {
	names := [...]string{"BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"}
	if physical < 0 || int(physical) >= len(names) {
		return fmt.Sprint(physical)
	}
	return names[physical]
}
