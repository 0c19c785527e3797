/// A quantity's text, read.
indirect enum QuantitySyntax: Sendable {
  struct Argument: Sendable {
    /// `mean` in `mean: 5`, and where it stands.
    let label: String?
    let value: QuantitySyntax
    /// The chance in `1: 0.3`.
    let weight: QuantitySyntax?
    let offset: Int
  }

  struct Link: Sendable {
    let isInverse: Bool
    let value: QuantitySyntax
    let offset: Int
  }

  case number(Double, Unit?, offset: Int)
  case name(String, offset: Int)
  case negated(QuantitySyntax)
  /// A sum or difference: the first, and what is added or taken away.
  case sum(QuantitySyntax, [Link])
  case product(QuantitySyntax, [Link])
  case power(QuantitySyntax, QuantitySyntax, offset: Int)
  case call(String, [Argument], offset: Int)
  /// A value in a unit that is written behind it.
  case measured(QuantitySyntax, Unit, offset: Int)
  case interval(QuantitySyntax, QuantitySyntax, offset: Int)

  var offset: Int {
    switch self {
    case .number(_, _, let offset), .name(_, let offset), .power(_, _, let offset),
      .call(_, _, let offset), .measured(_, _, let offset), .interval(_, _, let offset):
      offset
    case .negated(let inner), .sum(let inner, _), .product(let inner, _): inner.offset
    }
  }

  /// Appends every name that is used.
  func collectNames(_ names: inout [(name: String, offset: Int)]) {
    switch self {
    case .number: break
    case .name(let name, let offset): names.append((name, offset))
    case .negated(let inner), .measured(let inner, _, _): inner.collectNames(&names)
    case .sum(let first, let links), .product(let first, let links):
      first.collectNames(&names)
      for link in links { link.value.collectNames(&names) }
    case .power(let base, let exponent, _), .interval(let base, let exponent, _):
      base.collectNames(&names)
      exponent.collectNames(&names)
    case .call(_, let arguments, _):
      for argument in arguments {
        argument.value.collectNames(&names)
        argument.weight?.collectNames(&names)
      }
    }
  }
}
