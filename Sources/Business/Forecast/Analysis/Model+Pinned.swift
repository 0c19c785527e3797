extension Model {
  /// The model with `parameter` fixed at `value`, its correlations dropped: every other driver keeps
  /// its own random numbers, since they are keyed by name.
  package func pinned(_ parameter: Parameter, at value: Double) -> Model {
    var model = self
    model.parameters[parameter].content = .constant(value)
    model.parameters.correlations.removeAll {
      $0.first == parameter.index || $0.second == parameter.index
    }
    return model
  }
}
