/// A distribution written as a function, such as `pert(50, 80, 200)`.
struct DistributionCall {
  enum Law: String, CaseIterable {
    case normal, lognormal, uniform, triangular, pert, beta, gamma, poisson, discrete, empirical
    case metalog
  }

  let compiler: ExpressionCompiler
  let law: Law
  let name: String
  let offset: Int

  static let names = Law.allCases.map(\.rawValue)

  private static let chinese: [String: Law] = [
    "正态": .normal, "对数正态": .lognormal, "均匀": .uniform, "三角": .triangular, "贝塔": .beta,
    "伽马": .gamma, "泊松": .poisson, "离散": .discrete, "经验": .empirical,
  ]

  static func law(_ name: String) -> Law? { Law(rawValue: name.lowercased()) ?? chinese[name] }

  private func error(
    _ message: String, _ code: ForecastError.Code = .syntax, at place: Int? = nil
  )
    -> ForecastError
  {
    ForecastError(code, message, offset: place ?? offset)
  }

  func expression(_ arguments: [QuantitySyntax.Argument]) throws(ForecastError) -> Expression {
    switch law {
    case .discrete: return try discrete(arguments)
    case .empirical: return try empirical(arguments)
    case .metalog: return try metalog(arguments)
    case .lognormal: return try lognormal(arguments)
    case .beta: return try beta(arguments)
    case .normal:
      if arguments.contains(where: { $0.label == "p5" || $0.label == "p95" }) {
        let (values, shape) = try located(arguments, ["p5", "p95"], usage: "normal(p5: 1, p95: 9)")
        guard values[0] < values[1] else { throw error("normal needs p5 < p95", .range) }
        return try finish(shape) { () throws(ForecastError) in
          try .normal(fifth: values[0], ninetyFifth: values[1])
        }
      }
      let (values, shape) = try located(arguments, ["mean", "sd"], usage: "normal(5, 2)")
      return try finish(shape) { .normal(mean: values[0], deviation: values[1]) }
    case .uniform:
      let (values, shape) = try located(arguments, ["low", "high"], usage: "uniform(1, 2)")
      return try finish(shape) { .uniform(low: values[0], high: values[1]) }
    case .triangular, .pert:
      let (values, shape) = try located(
        arguments, ["low", "mode", "high"], usage: "\(law.rawValue)(1, 2, 5)")
      return try finish(shape) {
        law == .pert
          ? .pert(low: values[0], mode: values[1], high: values[2])
          : .triangular(low: values[0], mode: values[1], high: values[2])
      }
    case .gamma:
      let matched = try match(arguments, ["shape", "scale"], usage: "gamma(2, 3)")
      let shape = try plain(matched[0], "shape")
      let scale = try compiler.constant(matched[1], "scale")
      return try finish(scale.expression) { .gamma(shape: shape, scale: scale.value) }
    case .poisson:
      let matched = try match(arguments, ["mean"], usage: "poisson(3)")
      let mean = try compiler.constant(matched[0], "mean")
      guard mean.expression.dimension.strict.isOne else {
        throw error(
          "poisson counts things: write the unit behind, as in poisson(3) customers/month",
          .dimension)
      }
      return try finish(mean.expression) { .poisson(mean: mean.value) }
    }
  }

  /// Checks the law and gives it the dimension and unit of its arguments.
  private func finish(
    _ shape: Expression, _ make: () throws(ForecastError) -> Distribution
  )
    throws(ForecastError) -> Expression
  {
    do {
      let law = try make()
      try law.check()
      return Expression(.distribution(law), shape.dimension, unit: shape.unit)
    } catch {
      throw ForecastError(error.code, error.message, offset: offset)
    }
  }

  /// Arguments by position or by name, each exactly once, in the order of the names.
  private func match(
    _ arguments: [QuantitySyntax.Argument], _ names: [String], usage: String
  ) throws(ForecastError) -> [QuantitySyntax] {
    var found = [QuantitySyntax?](repeating: nil, count: names.count)
    for (position, argument) in arguments.enumerated() {
      guard argument.weight == nil else {
        throw error("\(law.rawValue) takes no weights; write \(usage)", at: argument.offset)
      }
      let index =
        argument.label.map { label in
          names.firstIndex(of: label) ?? -1
        } ?? position
      guard names.indices.contains(index), found[index] == nil else {
        throw error(
          "\(law.rawValue) takes \(names.joined(separator: ", ")); write \(usage)",
          at: argument.offset)
      }
      found[index] = argument.value
    }
    let all = found.compactMap { $0 }
    guard all.count == names.count else {
      throw error("\(law.rawValue) needs \(names.joined(separator: ", ")); write \(usage)")
    }
    return all
  }

  /// Arguments that lie on the quantity's own axis: all of one dimension.
  private func located(
    _ arguments: [QuantitySyntax.Argument], _ names: [String], usage: String
  ) throws(ForecastError) -> (values: [Double], shape: Expression) {
    try located(try match(arguments, names, usage: usage), names: names)
  }

  private func located(
    _ syntax: [QuantitySyntax], names: [String]
  ) throws(ForecastError)
    -> (values: [Double], shape: Expression)
  {
    var values: [Double] = []
    var shape = Expression(.constant(0))
    for (index, argument) in syntax.enumerated() {
      let next = try compiler.constant(
        argument, index < names.count ? names[index] : "value \(index + 1)")
      values.append(next.value)
      if index == 0 {
        shape = next.expression
        continue
      }
      shape.dimension = try compiler.common(
        shape, next.expression, law.rawValue, at: argument.offset)
      shape.unit = shape.unit ?? next.expression.unit
      if shape.isZero { shape.value = next.expression.value }
    }
    return (values, shape)
  }

  /// An argument without a unit.
  private func plain(_ syntax: QuantitySyntax, _ what: String) throws(ForecastError) -> Double {
    let (value, expression) = try compiler.constant(syntax, what)
    guard expression.dimension.isOne else {
      throw error("\(what) is a plain number, without a unit", .dimension, at: syntax.offset)
    }
    return value
  }

  private func lognormal(
    _ arguments: [QuantitySyntax.Argument]
  ) throws(ForecastError)
    -> Expression
  {
    let usage = "lognormal(mean: 5, sd: 2), lognormal(p5: 1, p95: 9) or lognormal(mu: 0, sigma: 1)"
    let labels = Set(arguments.compactMap(\.label))
    guard labels.count == arguments.count, !arguments.isEmpty else {
      throw error("say what the arguments are: \(usage)")
    }
    if labels.contains("mu") || labels.contains("sigma") {
      let matched = try match(arguments, ["mu", "sigma"], usage: usage)
      let mu = try plain(matched[0], "mu")
      let sigma = try plain(matched[1], "sigma")
      return try finish(Expression(.constant(1))) { .lognormal(mu: mu, sigma: sigma) }
    }
    if labels.contains("mean") || labels.contains("sd") {
      let (values, shape) = try located(arguments, ["mean", "sd"], usage: usage)
      return try finish(shape) { () throws(ForecastError) in
        try .lognormal(mean: values[0], deviation: values[1])
      }
    }
    let (values, shape) = try located(arguments, ["p5", "p95"], usage: usage)
    return try finish(shape) { () throws(ForecastError) in
      try .lognormal(fifth: values[0], ninetyFifth: values[1])
    }
  }

  private func beta(_ arguments: [QuantitySyntax.Argument]) throws(ForecastError) -> Expression {
    let usage = "beta(2, 8), beta(mean: 0.2, concentration: 10) or beta(2, 8, low: 1, high: 5)"
    if arguments.contains(where: { $0.label == "mean" || $0.label == "concentration" }) {
      let matched = try match(arguments, ["mean", "concentration"], usage: usage)
      let mean = try plain(matched[0], "mean")
      let concentration = try plain(matched[1], "concentration")
      return try finish(Expression(.constant(1))) { () throws(ForecastError) in
        try .beta(mean: mean, concentration: concentration)
      }
    }
    let hasBounds = arguments.count > 2
    let names = hasBounds ? ["alpha", "beta", "low", "high"] : ["alpha", "beta"]
    let matched = try match(arguments, names, usage: usage)
    let first = try plain(matched[0], "alpha")
    let second = try plain(matched[1], "beta")
    guard hasBounds else {
      return try finish(Expression(.constant(1))) {
        .beta(alpha: first, beta: second, low: 0, high: 1)
      }
    }
    let (values, shape) = try located(Array(matched.dropFirst(2)), names: ["low", "high"])
    return try finish(shape) { .beta(alpha: first, beta: second, low: values[0], high: values[1]) }
  }

  private func discrete(
    _ arguments: [QuantitySyntax.Argument]
  ) throws(ForecastError)
    -> Expression
  {
    var pairs: [(value: Double, weight: Double)] = []
    for argument in arguments {
      guard argument.label == nil, let weight = argument.weight else {
        throw error(
          "discrete needs a weight for each value: discrete(1: 0.3, 2: 0.7)", at: argument.offset)
      }
      pairs.append((0, try plain(weight, "a weight")))
    }
    let (values, shape) = try located(arguments.map(\.value), names: [])
    for index in pairs.indices { pairs[index].value = values[index] }
    pairs.sort { $0.value < $1.value }
    return try finish(shape) {
      .discrete(values: pairs.map(\.value), weights: pairs.map(\.weight))
    }
  }

  private func empirical(
    _ arguments: [QuantitySyntax.Argument]
  ) throws(ForecastError)
    -> Expression
  {
    for argument in arguments where argument.label != nil || argument.weight != nil {
      throw error("empirical takes values only: empirical(3, 5, 4)", at: argument.offset)
    }
    let (values, shape) = try located(arguments.map(\.value), names: [])
    return try finish(shape) { .empirical(values.sorted()) }
  }

  private func metalog(_ arguments: [QuantitySyntax.Argument]) throws(ForecastError) -> Expression {
    let usage = "metalog(p5: 1, p50: 2, p95: 5, lower: 0)"
    var chances: [Double?] = []
    for argument in arguments {
      guard let label = argument.label, argument.weight == nil else {
        throw error("metalog needs percentiles by name: \(usage)", at: argument.offset)
      }
      if label == "lower" || label == "upper" {
        chances.append(nil)
      } else if label.hasPrefix("p"), let percent = Double(label.dropFirst()) {
        chances.append(percent / 100)
      } else {
        throw error(
          "metalog knows no '\(QuantityParser.clip(label))': \(usage)", at: argument.offset)
      }
    }
    let (values, shape) = try located(arguments.map(\.value), names: [])
    let quantiles = zip(chances, values).compactMap { pair in
      pair.0.map { (chance: $0, value: pair.1) }
    }
    func bound(_ label: String) -> Double? {
      arguments.firstIndex { $0.label == label }.map { values[$0] }
    }
    return try finish(shape) { () throws(ForecastError) in
      try .metalog(through: quantiles, lower: bound("lower"), upper: bound("upper"))
    }
  }
}
