import Foundation

/// Turns one quantity's syntax into an `Expression`: checks dimensions, folds constants, and gives
/// each distribution inside of a formula a slot of its own.
struct ExpressionCompiler {
  let units: UnitTable
  /// Dimension and slot of a name; nil for one that is not known or has a problem of its own.
  let resolve: (String) -> (slot: Int, dimension: Dimension, constant: Double?)?
  /// Adds an anonymous uncertain slot, and gives its index.
  let addSlot: (Distribution, Unit?) throws(ForecastError) -> Int

  func compile(_ syntax: QuantitySyntax) throws(ForecastError) -> Expression {
    switch syntax {
    case .number(let value, let unit, let offset):
      let scaled = unit?.value(value) ?? value
      guard scaled.isFinite else { throw tooLarge(offset) }
      return Expression(.constant(scaled), unit?.dimension ?? .one, unit: unit)
    case .name(let name, let offset):
      guard let found = resolve(name) else {
        throw ForecastError(.unknownName, "unknown name '\(name)'", offset: offset)
      }
      return Expression(.program([.slot(found.slot)]), found.dimension)
    case .negated(let inner):
      let inner = try compile(inner)
      if let constant = inner.constant {
        return Expression(.constant(-constant), inner.dimension, unit: inner.unit)
      }
      return Expression(
        .program(try program(inner) + [.negate]), inner.dimension, unit: inner.unit)
    case .sum(let first, let links): return try sum(first, links)
    case .product(let first, let links): return try product(first, links)
    case .power(let base, let exponent, let offset): return try power(base, exponent, offset)
    case .measured(let inner, let unit, let offset): return try measured(inner, unit, offset)
    case .interval(let low, let high, let offset): return try interval(low, high, offset)
    case .call(let name, let arguments, let offset):
      if let law = DistributionCall.law(name) {
        return try DistributionCall(compiler: self, law: law, name: name, offset: offset)
          .expression(arguments)
      }
      return try function(name, arguments, offset)
    }
  }

  func program(_ expression: Expression) throws(ForecastError) -> [ParameterTable.Operation] {
    switch expression.value {
    case .constant(let value): [.constant(value)]
    case .program(let operations): operations
    case .distribution(let law): [.slot(try addSlot(law, expression.unit))]
    }
  }

  /// An argument that must be known before anything is drawn: figures, or names of constants.
  func constant(
    _ syntax: QuantitySyntax, _ what: String
  ) throws(ForecastError)
    -> (value: Double, expression: Expression)
  {
    var inner = try compile(syntax)
    if case .name(let name, _) = syntax, let value = resolve(name)?.constant {
      inner.value = .constant(value)
    }
    guard let value = inner.constant else {
      throw ForecastError(
        .invalid, "\(what) must be a number: the arguments of a distribution cannot be uncertain",
        offset: syntax.offset)
    }
    return (value, inner)
  }

  func tooLarge(_ offset: Int) -> ForecastError {
    ForecastError(.range, "the result is not a finite number", offset: offset)
  }

  private func apply(
    _ operation: ParameterTable.Operation, _ left: Expression, _ right: Expression,
    _ dimension: Dimension, unit: Unit? = nil, at offset: Int
  ) throws(ForecastError) -> Expression {
    if let first = left.constant, let second = right.constant {
      let result = operation.apply(first, second)
      guard result.isFinite else { throw tooLarge(offset) }
      return Expression(.constant(result), dimension, unit: unit)
    }
    return Expression(
      .program(try program(left) + program(right) + [operation]), dimension, unit: unit)
  }

  /// The dimension of two quantities that are added or compared.
  func common(
    _ left: Expression, _ right: Expression, _ what: String, at offset: Int
  ) throws(ForecastError) -> Dimension {
    if left.isZero { return right.dimension }
    if right.isZero { return left.dimension }
    guard let dimension = Dimension.common(left.dimension, right.dimension) else {
      throw ForecastError(
        .dimension,
        "\(what) needs the same units, but these are \(describe(left.dimension)) and "
          + describe(right.dimension), offset: offset)
    }
    return dimension
  }

  func describe(_ dimension: Dimension) -> String {
    dimension.isOne ? "a plain number" : units.text(of: dimension)
  }

  private func sum(
    _ first: QuantitySyntax, _ links: [QuantitySyntax.Link]
  ) throws(ForecastError)
    -> Expression
  {
    var result = try compile(first)
    for link in links {
      let next = try compile(link.value)
      let dimension = try common(
        result, next, link.isInverse ? "−" : "+", at: link.offset)
      result = try apply(
        link.isInverse ? .subtract : .add, result, next, dimension,
        unit: result.unit ?? next.unit, at: link.offset)
    }
    return result
  }

  private func product(
    _ first: QuantitySyntax, _ links: [QuantitySyntax.Link]
  )
    throws(ForecastError) -> Expression
  {
    var result = try compile(first)
    for link in links {
      let next = try compile(link.value)
      let dimension =
        link.isInverse ? result.dimension / next.dimension : result.dimension * next.dimension
      guard dimension.isReasonable else {
        throw ForecastError(.dimension, "the units reach too high a power", offset: link.offset)
      }
      // A plain factor keeps the unit in which the other was written.
      let unit =
        next.unit == nil && next.dimension.isOne
        ? result.unit
        : (!link.isInverse && result.unit == nil && result.dimension.isOne ? next.unit : nil)
      result = try apply(
        link.isInverse ? .divide : .multiply, result, next, dimension, unit: unit, at: link.offset)
    }
    return result
  }

  private func power(
    _ base: QuantitySyntax, _ exponent: QuantitySyntax, _ offset: Int
  )
    throws(ForecastError) -> Expression
  {
    let left = try compile(base)
    let right = try compile(exponent)
    guard right.dimension.strict.isOne else {
      throw ForecastError(
        .dimension, "an exponent is a plain number, not \(describe(right.dimension))",
        offset: exponent.offset)
    }
    var dimension = Dimension.one
    if !left.dimension.isOne {
      guard let constant = right.constant, constant == constant.rounded(), abs(constant) < 100,
        let raised = left.dimension.raised(to: Int(constant))
      else {
        throw ForecastError(
          .dimension,
          "\(describe(left.dimension)) can only be raised to a small whole number", offset: offset)
      }
      dimension = raised
    }
    return try apply(.power, left, right, dimension, at: offset)
  }

  private func measured(
    _ inner: QuantitySyntax, _ unit: Unit, _ offset: Int
  ) throws(ForecastError)
    -> Expression
  {
    let value = try compile(inner)
    let dimension = value.dimension * unit.dimension
    guard dimension.isReasonable else {
      throw ForecastError(.dimension, "the units reach too high a power", offset: offset)
    }
    let shown = value.dimension.isOne && value.unit == nil ? unit : nil
    if case .distribution(let law) = value.value, let scaled = law.scaledInKind(by: unit.scale) {
      return Expression(.distribution(scaled), dimension, unit: shown)
    }
    return try apply(
      .multiply, value, Expression(.constant(unit.scale)), dimension, unit: shown, at: offset)
  }

  private func interval(
    _ low: QuantitySyntax, _ high: QuantitySyntax, _ offset: Int
  )
    throws(ForecastError) -> Expression
  {
    let first = try constant(low, "the lower end")
    let second = try constant(high, "the upper end")
    let dimension = try common(first.expression, second.expression, "an interval", at: offset)
    do {
      return Expression(
        .distribution(try Distribution.interval(first.value, second.value)), dimension,
        unit: second.expression.unit ?? first.expression.unit)
    } catch {
      let hint =
        first.value >= second.value && first.value > 0
        ? ": write the smaller end first, and the unit at both ends if they differ" : ""
      throw ForecastError(.range, error.message + hint, offset: offset)
    }
  }
}
