extension PlanDesk {
  /// Everything that is wrong or doubtful in the plan; a plan that cannot be read is checked too.
  package func check() throws -> PlanCheck {
    let state = try state()
    return PlanCheck(state.reading, text: state.text)
  }
}
