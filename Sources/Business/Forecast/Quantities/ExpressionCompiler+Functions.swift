import Foundation

extension ExpressionCompiler {
  static let functions = ["min", "max", "exp", "ln", "sqrt"]

  func function(
    _ name: String, _ arguments: [QuantitySyntax.Argument], _ offset: Int
  )
    throws(ForecastError) -> Expression
  {
    let lower = name.lowercased()
    guard Self.functions.contains(lower) else {
      let known = Self.functions + DistributionCall.names
      throw ForecastError(
        .unknownName,
        "unknown function '\(QuantityParser.clip(name))'"
          + Spelling.hint(Spelling.nearest(name, among: known)), offset: offset)
    }
    for argument in arguments where argument.label != nil || argument.weight != nil {
      throw ForecastError(.syntax, "\(lower) takes no names before :", offset: argument.offset)
    }
    if lower == "min" || lower == "max" {
      return try extreme(lower, arguments.map(\.value), offset)
    }
    guard arguments.count == 1 else {
      throw ForecastError(.syntax, "\(lower) takes one argument", offset: offset)
    }
    return try single(lower, try compile(arguments[0].value), offset)
  }

  private func extreme(
    _ name: String, _ arguments: [QuantitySyntax], _ offset: Int
  )
    throws(ForecastError) -> Expression
  {
    guard arguments.count >= 2 else {
      throw ForecastError(.syntax, "\(name) takes two arguments or more", offset: offset)
    }
    let operation: ParameterTable.Operation = name == "min" ? .minimum : .maximum
    var result = try compile(arguments[0])
    for argument in arguments.dropFirst() {
      let next = try compile(argument)
      let dimension = try common(result, next, name, at: argument.offset)
      let unit = result.unit ?? next.unit
      if let first = result.constant, let second = next.constant {
        result = Expression(.constant(operation.apply(first, second)), dimension, unit: unit)
      } else {
        result = Expression(
          .program(try program(result) + program(next) + [operation]), dimension, unit: unit)
      }
    }
    return result
  }

  private func single(
    _ name: String, _ inner: Expression, _ offset: Int
  ) throws(ForecastError)
    -> Expression
  {
    var dimension = Dimension.one
    let operation: ParameterTable.Operation
    switch name {
    case "exp": operation = .exponential
    case "ln": operation = .logarithm
    default: operation = .squareRoot
    }
    if operation == .squareRoot {
      guard let root = inner.dimension.squareRoot else {
        throw ForecastError(
          .dimension, "there is no square root of \(describe(inner.dimension))", offset: offset)
      }
      dimension = root
    } else if !inner.dimension.strict.isOne {
      throw ForecastError(
        .dimension, "\(name) takes a plain number, not \(describe(inner.dimension)): divide first",
        offset: offset)
    }
    guard let constant = inner.constant else {
      return Expression(.program(try program(inner) + [operation]), dimension)
    }
    let result =
      switch operation {
      case .exponential: exp(constant)
      case .logarithm: log(constant)
      default: constant.squareRoot()
      }
    guard result.isFinite else {
      throw ForecastError(
        .range, "\(name) of \(Distribution.short(constant)) is not a finite number",
        offset: offset)
    }
    return Expression(.constant(result), dimension)
  }
}
