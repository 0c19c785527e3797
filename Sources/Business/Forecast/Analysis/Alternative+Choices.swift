extension Alternative {
  /// Hire or wait: the same venture with one hire of a role in each of `months` (0: the first month
  /// of the plan); a month at or after the horizon means never. Ids are `hire_3`.
  ///
  /// - Throws: `.unknownName` for a role or hire that the model has not, `.range` for a month below 0.
  package static func hireOrWait(
    model: Model, role id: String, hire: Int = 0, months: [Int]
  ) throws(ForecastError) -> [Alternative] {
    guard let role = model.roles.firstIndex(where: { $0.id == id }) else {
      throw ForecastError(.unknownName, "the plan has no role \(id)", field: id)
    }
    guard model.roles[role].hires.indices.contains(hire) else {
      throw ForecastError(.unknownName, "the role \(id) has no hire \(hire + 1)", field: id)
    }
    var alternatives: [Alternative] = []
    for month in months {
      guard month >= 0 else {
        throw ForecastError(.range, "the month of a hire is 0 or later, not \(month)", field: id)
      }
      var changed = model
      // A slot of its own: the plan's may be shared with other fields.
      changed.roles[role].hires[hire].month = changed.parameters.constant(
        Double(month), name: "choices.hire.\(id).\(hire)")
      let name = month < model.months ? model.start.advanced(by: month).description : "–"
      alternatives.append(Alternative(id: "hire_\(month)", name: name, model: changed))
    }
    return alternatives
  }
}
