/// Character classes as Python has them.
extension Unicode.Scalar {
  /// `str.isspace`: Unicode white space and the four ASCII separators.
  var isPythonSpace: Bool {
    if value < 0x80 {
      return value == 0x20 || (9...13).contains(value) || (28...31).contains(value)
    }
    return properties.isWhitespace
  }

  /// Where `str.splitlines` splits.
  var isLineBreak: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  var isASCIIDigit: Bool { (48...57).contains(value) }

  var hexDigit: UInt32? {
    switch self {
    case "0"..."9": value - 48
    case "a"..."f": value - 87
    case "A"..."F": value - 55
    default: nil
    }
  }

  /// A character of a name: `\w`.
  var isNamePart: Bool {
    if value < 0x80 {
      return isASCIIDigit || value == 95 || (65...90).contains(value) || (97...122).contains(value)
    }
    return properties.isAlphabetic || properties.numericType != nil
  }

  /// A letter with an upper and a lower case.
  var isCased: Bool { properties.isCased }

  /// `str.isprintable`, which decides what `repr` escapes.
  var isPythonPrintable: Bool {
    if value < 0x80 { return (32...126).contains(value) }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }
}
