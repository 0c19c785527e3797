/// What the model is told: how to answer, the facts, and the task. The instructions are in the
/// language of the question, as texts of the catalogue.
package enum AdvisorPrompt {
  package static func messages(_ facts: AdvisorFacts, _ words: Words) -> [AdvisorMessage] {
    let list = facts.facts.map { "[\($0.id)] \($0.sentence)" }.joined(separator: "\n")
    let question = facts.question
    let task = words("plan_advisor_task_\(question.task.rawValue)", ["question": question.text])
    return [
      AdvisorMessage(role: "system", content: words("plan_advisor_system")),
      AdvisorMessage(
        role: "user",
        content:
          "\(words("plan_advisor_facts_title"))\n\(list)\n\n\(task)\n\(words("plan_advisor_rule"))"),
    ]
  }
}
