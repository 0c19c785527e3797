package import Forecast
import Ledger

extension Team {
  /// The team as the simulation pays it: a role for each person (opening = share of time) and for
  /// each line of the hiring plan. Loaded cost = salary × (1 + on-cost).
  package func roles(_ compiled: inout CompiledQuantities) -> [Role] {
    people.map { person in
      let prefix = "team.people.\(person.id)"
      return Role(
        id: person.id, name: person.name, account: person.account,
        opening: compiled.once("\(prefix).share", constant: person.share), hires: [],
        customersEach: nil,
        cost: loaded(person.salary, person.onCost, prefix, &compiled),
        growth: compiled.parameter(person.growth),
        recruiting: compiled.once("\(prefix).recruiting", constant: 0),
        ramp: compiled.once("\(prefix).ramp", constant: 0))
    }
      + hires.map { hire in
        let prefix = "team.hires.\(hire.id)"
        return Role(
          id: hire.id, name: hire.name, account: hire.account,
          opening: compiled.once("\(prefix).opening", constant: 0),
          hires: [
            Role.Hire(
              month: compiled.parameter(hire.month), count: compiled.parameter(hire.count))
          ],
          customersEach: hire.customersEach.map { compiled.parameter($0) },
          cost: loaded(hire.salary, hire.onCost, prefix, &compiled),
          growth: compiled.parameter(hire.growth),
          recruiting: compiled.parameter(hire.recruiting), ramp: compiled.parameter(hire.ramp))
      }
  }

  /// The training plan, each course once in its month.
  package func costs(_ compiled: inout CompiledQuantities) -> [CostLine] {
    training.map { course in
      CostLine(
        id: "team.training.\(course.id)", name: course.name, account: .people,
        amount: compiled.parameter(course.cost), isOneOff: true,
        growth: compiled.once("team.training.\(course.id).growth", constant: 0),
        from: compiled.parameter(course.month), to: nil)
    }
  }

  private func loaded(
    _ salary: FieldHandle, _ onCost: FieldHandle, _ prefix: String,
    _ compiled: inout CompiledQuantities
  ) -> Parameter {
    let (pay, extra) = (compiled.parameter(salary), compiled.parameter(onCost))
    return compiled.once("\(prefix).loaded") {
      $0.formula(
        [.slot(pay.index), .constant(1), .slot(extra.index), .add, .multiply],
        name: "\(prefix).loaded")
    }
  }
}
