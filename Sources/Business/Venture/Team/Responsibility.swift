/// A row of the RACI matrix. Exactly one is accountable, or no one is.
package struct Responsibility: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  package var responsible: [String]
  package var accountable: [String]
  package var consulted: [String]
  package var informed: [String]

  package init(
    id: String, name: String, responsible: [String], accountable: [String],
    consulted: [String] = [], informed: [String] = []
  ) {
    self.id = id
    self.name = name
    self.responsible = responsible
    self.accountable = accountable
    self.consulted = consulted
    self.informed = informed
  }

  package enum Fault: String, Sendable, Hashable, Codable {
    case noAccountable = "no_accountable"
    case severalAccountable = "several_accountable"
    case noResponsible = "no_responsible"
    case unknownPerson = "unknown_person"
  }

  /// What breaks the rule, given the people there are.
  package func faults(people: Set<String>) -> [Fault] {
    var faults: [Fault] = []
    if accountable.isEmpty { faults.append(.noAccountable) }
    if accountable.count > 1 { faults.append(.severalAccountable) }
    if responsible.isEmpty { faults.append(.noResponsible) }
    let named = responsible + accountable + consulted + informed
    if !named.allSatisfy(people.contains) { faults.append(.unknownPerson) }
    return faults
  }
}
