/// A reference to a slot of the table: the value that a field of the model has on a path.
package struct Parameter: Hashable, Sendable, Codable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
}

/// Every input of a model. On a path each slot has one value: constants as given, distributions
/// sampled, formulas computed from earlier slots.
///
/// Units are the model's own: money in units of its currency, time in months of 730 hours
/// (2,628,000 s), counts and shares as plain numbers. So `10 tokens/s` is stored as 26,280,000.
package struct ParameterTable: Sendable, Hashable, Codable {
  package struct Slot: Sendable, Hashable, Codable {
    /// Unique and stable, since the random numbers are keyed by it: the name in the plan
    /// (`gpu_hour`) or the field's path (`segments.smb.churn`).
    package let name: String
    /// What the reader calls it.
    package let label: String
    /// The unit as written, such as `¥/月`; empty for none.
    package let unit: String
    /// Stored value ÷ value in `unit`.
    package let scale: Double
    /// Line of the plan, 1-based; 0 when it was not written there.
    package let line: Int
    package var content: Content

    package init(
      name: String, label: String, unit: String, scale: Double, line: Int, content: Content
    ) {
      self.name = name
      self.label = label
      self.unit = unit
      self.scale = scale
      self.line = line
      self.content = content
    }
  }

  package enum Content: Sendable, Hashable, Codable {
    case constant(Double)
    case uncertain(Distribution)
    /// Postfix program over earlier slots.
    case formula([Operation])
  }

  package enum Operation: Sendable, Hashable, Codable {
    case constant(Double)
    case slot(Int)
    case add, subtract, multiply, divide, power, negate
    case minimum, maximum, exponential, logarithm, squareRoot
  }

  /// Rank correlation (Spearman's ρ) of two uncertain slots.
  package struct Correlation: Sendable, Hashable, Codable {
    package let first: Int
    package let second: Int
    package let rho: Double
    package init(first: Int, second: Int, rho: Double) {
      self.first = first
      self.second = second
      self.rho = rho
    }
  }

  /// In topological order: a formula names only earlier slots.
  package var slots: [Slot]
  package var correlations: [Correlation]

  package init(slots: [Slot] = [], correlations: [Correlation] = []) {
    self.slots = slots
    self.correlations = correlations
  }

  /// Adds a constant that the plan does not write.
  package mutating func constant(_ value: Double, name: String) -> Parameter {
    slots.append(
      Slot(name: name, label: name, unit: "", scale: 1, line: 0, content: .constant(value)))
    return Parameter(slots.count - 1)
  }

  package subscript(_ parameter: Parameter) -> Slot {
    get { slots[parameter.index] }
    set { slots[parameter.index] = newValue }
  }

  package func parameter(named name: String) -> Parameter? {
    slots.firstIndex { $0.name == name }.map(Parameter.init)
  }

  /// Indices of the uncertain slots, in order.
  package var uncertain: [Int] {
    slots.indices.filter { if case .uncertain = slots[$0].content { true } else { false } }
  }
}
