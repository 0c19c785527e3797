package import Forecast

extension RiskRegister {
  /// What only the whole plan can tell: owners and tasks that there are not, and figures that no
  /// likelihood, loss or factor can have.
  ///
  /// - Parameters:
  ///   - people: ids of the team's people and hires.
  ///   - tasks: ids of the project's tasks.
  package func problems(
    _ compiled: CompiledQuantities, people: Set<String>, tasks: Set<String>
  ) -> [PlanProblem] {
    var problems: [PlanProblem] = []
    for risk in risks {
      let field = "risks.\(risk.id)"
      if !risk.owner.isEmpty, !people.isEmpty, !people.contains(risk.owner) {
        problems.append(
          PlanProblem(
            line: risk.line, field: "\(field).owner",
            "'\(risk.owner)' is not one of the team; known: \(Self.list(people))"))
      }
      for task in risk.tasks where !tasks.contains(task) {
        problems.append(
          PlanProblem(
            line: risk.line, field: "\(field).tasks",
            "'\(task)' is not a task of the project; known: \(Self.list(tasks))"))
      }
      for (name, handle) in [
        ("likelihood", risk.likelihood), ("impact", risk.impact), ("duration", risk.duration),
        ("acquisition", risk.acquisition), ("churn", risk.churn),
      ] { problems += negative(handle, compiled, line: risk.line, "\(field).\(name)") }
    }
    for treatment in treatments {
      let field = "risks.treatments.\(treatment.id)"
      for (name, handle) in [("cost", treatment.cost), ("once", treatment.once)] {
        problems += negative(handle, compiled, line: treatment.line, "\(field).\(name)")
      }
      for effect in treatment.effects {
        for (name, handle) in [("likelihood", effect.likelihood), ("impact", effect.impact)] {
          problems += negative(
            handle, compiled, line: treatment.line, "\(field).\(effect.risk).\(name)")
        }
      }
    }
    return problems
  }

  /// A quantity that is below 0 in more than one path of twenty.
  private func negative(
    _ handle: FieldHandle, _ compiled: CompiledQuantities, line: Int, _ field: String
  ) -> [PlanProblem] {
    let slot = compiled.table[compiled.parameter(handle)]
    let isNegative =
      switch slot.content {
      case .constant(let value): value < 0
      case .uncertain(let law): law.quantile(0.05) < 0
      case .formula: false
      }
    guard isNegative else { return [] }
    return [
      PlanProblem(
        line: slot.line > 0 ? slot.line : line, field: field,
        "may not be below 0; write a positive quantity")
    ]
  }

  private static func list(_ ids: Set<String>) -> String {
    ids.sorted().prefix(12).joined(separator: ", ")
  }
}

extension Project {
  /// Owners and risks that there are not, of the whole plan.
  package func problems(people: Set<String>, risks: Set<String>) -> [PlanProblem] {
    tasks.flatMap { task -> [PlanProblem] in
      let field = "project.tasks.\(task.id)"
      var problems: [PlanProblem] = []
      if !task.owner.isEmpty, !people.isEmpty, !people.contains(task.owner) {
        problems.append(
          PlanProblem(
            line: task.line, field: "\(field).owner", "'\(task.owner)' is not one of the team"))
      }
      for delay in task.delays where !risks.contains(delay.risk) {
        problems.append(
          PlanProblem(
            line: task.line, field: "\(field).risks",
            "'\(delay.risk)' is not a risk of the register; add it there or take it out here"))
      }
      return problems
    }
  }
}
