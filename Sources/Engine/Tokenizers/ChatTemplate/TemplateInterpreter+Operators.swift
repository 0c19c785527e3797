/// Python's operators.
extension TemplateInterpreter {
  func number(
    _ value: TemplateRuntimeValue, for operation: String
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch value {
    case .int, .double: return value
    case .bool(let value): return .int(value ? 1 : 0)
    case .undefined(let what): throw ChatTemplateError(.undefined, what)
    default:
      throw ChatTemplateError(.type, "\(operation) wants a number, not \(value.typeName)")
    }
  }

  func negated(_ value: TemplateRuntimeValue) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch try number(value, for: "unary -") {
    case .int(let value): .int(try whole(Int(0).subtractingReportingOverflow(value)))
    case .double(let value): .double(-value)
    default: value
    }
  }

  private func whole(
    _ result: (partialValue: Int, overflow: Bool)
  ) throws(ChatTemplateError) -> Int {
    guard !result.overflow else {
      throw ChatTemplateError(.limit, "an integer does not fit in 64 bits")
    }
    return result.partialValue
  }

  // MARK: Arithmetic

  func arithmetic(
    _ operation: TemplateArithmetic, _ left: TemplateRuntimeValue, _ right: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch (operation, left, right) {
    case (_, .undefined(let what), _), (_, _, .undefined(let what)):
      throw ChatTemplateError(.undefined, what)
    case (.add, .string(let a), .string(let b)):
      try charge(bytes: a.utf8.count + b.utf8.count)
      return .string(a + b)
    case (.add, .list(let a), .list(let b)) where a.kind == b.kind:
      try charge(a.items.count + b.items.count)
      return try .list(a.items + b.items, kind: a.kind)
    case (.multiply, .string(let text), let count), (.multiply, let count, .string(let text)):
      if let count = integer(count) { return .string(try repeated(text, count)) }
    case (.multiply, .list(let list), let count), (.multiply, let count, .list(let list)):
      if let count = integer(count) { return try repeated(list, count) }
    case (.modulo, .string(let format), _):
      return .string(try percentFormat(format, right))
    default: break
    }
    guard left.isNumber, right.isNumber else {
      throw ChatTemplateError(
        .type,
        "'\(operation.rawValue)' does not work on \(left.typeName) and "
          + "\(right.typeName); '~' joins values of any type as text")
    }
    if let a = integer(left), let b = integer(right) { return try arithmetic(operation, a, b) }
    return .double(try arithmetic(operation, left.asDouble, right.asDouble))
  }

  private func repeated(_ text: String, _ count: Int) throws(ChatTemplateError) -> String {
    guard count > 0, !text.isEmpty else { return "" }
    let (size, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
    try charge(bytes: overflow ? .max : size)
    return String(repeating: text, count: count)
  }

  private func repeated(
    _ list: TemplateList, _ count: Int
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    guard count > 0, !list.items.isEmpty else { return try .list([], kind: list.kind) }
    let (size, overflow) = list.items.count.multipliedReportingOverflow(by: count)
    guard !overflow, size <= limits.maximumSteps else {
      throw ChatTemplateError(.limit, "a list would have more than \(limits.maximumSteps) items")
    }
    try charge(size)
    var items: [TemplateRuntimeValue] = []
    items.reserveCapacity(size)
    for _ in 0..<count { items += list.items }
    return try .list(items, kind: list.kind)
  }

  private func arithmetic(
    _ operation: TemplateArithmetic, _ a: Int, _ b: Int
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    switch operation {
    case .add: return .int(try whole(a.addingReportingOverflow(b)))
    case .subtract: return .int(try whole(a.subtractingReportingOverflow(b)))
    case .multiply: return .int(try whole(a.multipliedReportingOverflow(by: b)))
    case .divide: return .double(try arithmetic(.divide, Double(a), Double(b)))
    case .floorDivide, .modulo:
      guard b != 0 else { throw Self.divisionByZero }
      let quotient = try whole(a.dividedReportingOverflow(by: b))
      let remainder = a - quotient * b
      let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
      if operation == .modulo { return .int(isBelow ? remainder + b : remainder) }
      return .int(isBelow ? quotient - 1 : quotient)
    case .power:
      guard b >= 0 else { return .double(try arithmetic(.power, Double(a), Double(b))) }
      return .int(try power(a, b))
    }
  }

  /// By squaring: at most 64 turns before the result is known or does not fit.
  private func power(_ base: Int, _ exponent: Int) throws(ChatTemplateError) -> Int {
    if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
    if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
    var result = 1
    for _ in 0..<min(exponent, 64) {
      result = try whole(result.multipliedReportingOverflow(by: base))
    }
    return result
  }

  private static let divisionByZero = ChatTemplateError(.type, "division by zero")

  private func arithmetic(
    _ operation: TemplateArithmetic, _ a: Double, _ b: Double
  ) throws(ChatTemplateError) -> Double {
    switch operation {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide, .floorDivide, .modulo:
      guard b != 0 else { throw Self.divisionByZero }
      if operation == .divide { return a / b }
      var remainder = a.truncatingRemainder(dividingBy: b)
      if remainder != 0, (remainder < 0) != (b < 0) { remainder += b }
      return operation == .modulo ? remainder : ((a - remainder) / b).rounded()
    case .power: return try power(a, b)
    }
  }

  /// Whole exponents by squaring. A fraction would want the C library and no template has one.
  private func power(_ base: Double, _ exponent: Double) throws(ChatTemplateError) -> Double {
    if exponent == 0.5, base >= 0 { return base.squareRoot() }
    guard var rest = UInt64(exactly: exponent.magnitude) else {
      throw ChatTemplateError(.unsupported, "'**' wants a whole exponent or 0.5")
    }
    if exponent < 0, base == 0 { throw Self.divisionByZero }
    var result = 1.0
    var square = base
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return exponent < 0 ? 1 / result : result
  }

  // MARK: Comparison

  func compare(
    _ left: TemplateRuntimeValue, _ operation: TemplateComparison, _ right: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> Bool {
    switch operation {
    case .equal: try isEqual(left, right)
    case .notEqual: try !isEqual(left, right)
    case .in: try contains(right, left)
    case .notIn: try !contains(right, left)
    case .less: try isLess(left, right)
    case .greater: try isLess(right, left)
    case .lessEqual: try isLess(left, right) ? true : isEqual(left, right)
    case .greaterEqual: try isLess(right, left) ? true : isEqual(left, right)
    }
  }

  func isEqual(
    _ left: TemplateRuntimeValue, _ right: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> Bool {
    try charge()
    switch (left, right) {
    case (.undefined, .undefined), (.null, .null): return true
    case (.string(let a), .string(let b)):
      if a.utf8.count == b.utf8.count { try charge(bytes: a.utf8.count) }
      return a.isSameText(as: b)
    case (.list(let a), .list(let b)):
      guard a.kind == b.kind, a.items.count == b.items.count else { return false }
      for (x, y) in zip(a.items, b.items) where try !isEqual(x, y) { return false }
      return true
    case (.dictionary(let a), .dictionary(let b)):
      guard a.keys.count == b.keys.count else { return false }
      for (key, value) in zip(a.keys, a.values) {
        try charge(key: key)
        guard let other = b[try key.key()], try isEqual(value, other) else { return false }
      }
      return true
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a === b
    case (.function(let a), .function(let b)): return a == b
    default:
      guard left.isNumber, right.isNumber else { return false }
      if let a = integer(left), let b = integer(right) { return a == b }
      return left.asDouble == right.asDouble
    }
  }

  func isLess(
    _ left: TemplateRuntimeValue, _ right: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> Bool {
    try charge()
    switch (left, right) {
    case (.undefined(let what), _), (_, .undefined(let what)):
      throw ChatTemplateError(.undefined, what)
    case (.string(let a), .string(let b)):
      try charge(bytes: min(a.utf8.count, b.utf8.count))
      return a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.list(let a), .list(let b)) where a.kind == b.kind:
      for (x, y) in zip(a.items, b.items) where try !isEqual(x, y) { return try isLess(x, y) }
      return a.items.count < b.items.count
    default:
      guard left.isNumber, right.isNumber else {
        throw ChatTemplateError(
          .type, "cannot order \(left.typeName) and \(right.typeName)")
      }
      if let a = integer(left), let b = integer(right) { return a < b }
      return left.asDouble < right.asDouble
    }
  }

  /// `element in container`.
  func contains(
    _ container: TemplateRuntimeValue, _ element: TemplateRuntimeValue
  ) throws(ChatTemplateError) -> Bool {
    switch container {
    case .string(let text):
      guard case .string(let part) = element else {
        throw ChatTemplateError(
          .type, "'in' a string wants a string, not \(element.typeName)")
      }
      try charge(searching: text.utf8.count + part.utf8.count)
      return !ByteSearch(part).places(in: Array(text.utf8), limit: 1).isEmpty
    case .dictionary(let dictionary):
      try charge(key: element)
      return dictionary[try element.key()] != nil
    case .undefined: return false
    case .list(let list):
      for item in list.items where try isEqual(item, element) { return true }
      return false
    default:
      throw ChatTemplateError(.type, "'in' does not work on \(container.typeName)")
    }
  }
}

extension TemplateRuntimeValue {
  /// True for booleans too, as in Python.
  var isNumber: Bool {
    switch self {
    case .int, .double, .bool: true
    default: false
    }
  }

  var asDouble: Double {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    case .bool(let value): value ? 1 : 0
    default: .nan
    }
  }
}
