extension GGUFFile {
  // Each getter throws an error that names the key, the type it should have and what to do.
  // The `…IfPresent` forms give nil for a key that is not there, but still refuse a wrong type.

  package func string(_ key: String) throws(ModelFileError) -> String {
    try required(key, "a string", stringIfPresent(key))
  }

  package func int(_ key: String) throws(ModelFileError) -> Int {
    try required(key, "an integer", intIfPresent(key))
  }

  package func float(_ key: String) throws(ModelFileError) -> Float {
    try required(key, "a number", floatIfPresent(key))
  }

  package func bool(_ key: String) throws(ModelFileError) -> Bool {
    try required(key, "a boolean", boolIfPresent(key))
  }

  package func strings(_ key: String) throws(ModelFileError) -> [String] {
    try required(key, "an array of strings", stringsIfPresent(key))
  }

  package func floats(_ key: String) throws(ModelFileError) -> [Float] {
    try required(key, "an array of floats", floatsIfPresent(key))
  }

  package func int32s(_ key: String) throws(ModelFileError) -> [Int32] {
    try required(key, "an array of 32-bit integers", int32sIfPresent(key))
  }

  package func stringIfPresent(_ key: String) throws(ModelFileError) -> String? {
    try typed(key, "a string", \.asString)
  }

  package func intIfPresent(_ key: String) throws(ModelFileError) -> Int? {
    try typed(key, "an integer", \.asInt)
  }

  package func floatIfPresent(_ key: String) throws(ModelFileError) -> Float? {
    try typed(key, "a number", \.asDouble).map { Float($0) }
  }

  package func boolIfPresent(_ key: String) throws(ModelFileError) -> Bool? {
    try typed(key, "a boolean", \.asBool)
  }

  package func stringsIfPresent(_ key: String) throws(ModelFileError) -> [String]? {
    try typed(key, "an array of strings", \.asStrings)
  }

  package func floatsIfPresent(_ key: String) throws(ModelFileError) -> [Float]? {
    try typed(key, "an array of floats", \.asFloats)
  }

  package func int32sIfPresent(_ key: String) throws(ModelFileError) -> [Int32]? {
    try typed(key, "an array of 32-bit integers", \.asInt32s)
  }

  private func typed<T>(
    _ key: String, _ expected: String, _ convert: (GGUFValue) -> T?
  ) throws(ModelFileError) -> T? {
    guard let value = metadata[key] else { return nil }
    guard let result = convert(value) else {
      throw ModelFileError(
        .wrongType, path: path, field: key,
        message: "should be \(expected), but is \(value.typeName); convert the model again with a "
          + "current converter")
    }
    return result
  }

  private func required<T>(
    _ key: String, _ expected: String, _ value: T?
  ) throws(ModelFileError) -> T {
    guard let value else {
      throw ModelFileError(
        .missing, path: path, field: key,
        message: "is missing (\(expected) is expected); convert the model again with a current "
          + "converter")
    }
    return value
  }
}

extension GGUFValue {
  /// What the value is, in words, for errors and listings.
  package var typeName: String {
    switch self {
    case .uint8: "uint8"
    case .int8: "int8"
    case .uint16: "uint16"
    case .int16: "int16"
    case .uint32: "uint32"
    case .int32: "int32"
    case .uint64: "uint64"
    case .int64: "int64"
    case .float32: "float32"
    case .float64: "float64"
    case .bool: "bool"
    case .string: "string"
    case .array(let array): "array of \(array.elementTypeName)"
    }
  }
}

extension GGUFArray {
  package var count: Int {
    switch self {
    case .uint8s(let v): v.count
    case .int8s(let v): v.count
    case .uint16s(let v): v.count
    case .int16s(let v): v.count
    case .uint32s(let v): v.count
    case .int32s(let v): v.count
    case .uint64s(let v): v.count
    case .int64s(let v): v.count
    case .floats(let v): v.count
    case .doubles(let v): v.count
    case .bools(let v): v.count
    case .strings(let v): v.count
    case .arrays(let v): v.count
    }
  }

  var elementTypeName: String { "\(elementType)" }

  var elementType: GGUFValueType {
    switch self {
    case .uint8s: .uint8
    case .int8s: .int8
    case .uint16s: .uint16
    case .int16s: .int16
    case .uint32s: .uint32
    case .int32s: .int32
    case .uint64s: .uint64
    case .int64s: .int64
    case .floats: .float32
    case .doubles: .float64
    case .bools: .bool
    case .strings: .string
    case .arrays: .array
    }
  }
}
