import Forecast
import Ledger
import Testing

@testable import Venture

/// A part of a plan as text, read as the plan would.
func node(_ yaml: String, _ problems: PlanProblems = PlanProblems()) throws -> PlanNode {
  try PlanNode(yaml: yaml, path: "", problems: problems)
}

func sheet() -> QuantitySheet { QuantitySheet(currency: .cny, exchange: [:]) }

let smallTeam = """
  on_cost: 30%
  pay_growth: 6%/year
  learning_rate: 85%
  capabilities:
    - {id: llm, name: Models, group: research}
    - {id: sales, name: Sales, group: market}
  needs:
    - {stage: startup, capability: llm, level: 4, people: 2, weight: 3}
    - {stage: growth, capability: sales, level: 3, people: 2}
  people:
    - {id: ann, name: Ann, share: 50%, salary: 20000 CNY/month, levels: {llm: 5, sales: 1}}
    - {id: bob, name: Bob, salary: 10000 CNY/month, on_cost: 20%, levels: {llm: 2, sales: 3}}
  hires:
    - id: engineer
      name: Engineer
      month: 3 months
      count: 2
      salary: 12000 CNY/month
      recruiting: 5000 CNY
      ramp: 4 months
      stage: startup
      levels: {llm: 4}
  responsibilities:
    - {id: model, name: Model, responsible: [ann], accountable: [ann]}
  objectives:
    - {id: o, name: Growth, owner: bob, metric: customers, target: 10, date: 2027-06-30, can_be_gamed: true}
  training:
    - {id: t, name: Course, people: [bob], capability: llm, level: 4, cost: 9000 CNY, month: 2 months}
  """
