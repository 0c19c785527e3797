import Forecast
import Ledger

/// The fields of the `team`, `risks`, `project` and `cases` sections.
extension PlanFields {
  private static let pay: [PlanField] = [
    PlanField("account", .choice(costAccounts.map(\.rawValue)), "Where the pay is booked; people."),
    .required("salary", .moneyPerTime, .notNegative, "Pay before the employer's on-cost."),
    .optional("on_cost", .one, .notNegative, "The team's when left out."),
    .optional("growth", .perTime, .any, "The team's pay_growth when left out."),
    PlanField("levels", .open(.number(0...5)), "Level by capability."),
  ]

  private static let holding: [PlanField] = [
    PlanField("holder", .text, "Id of a person.", isRequired: true),
    name,
    PlanField("shares", .number(1...1e15), "Shares.", isRequired: true),
    PlanField(
      "vesting",
      .mapping([
        PlanField("start", .integer(-240...240), "Month in which the clock starts."),
        PlanField("cliff", .integer(0...120), "Months before anything is earned; 12."),
        PlanField("months", .integer(0...240), "Months until all is; 48."),
      ]), "Earned over time."),
  ]

  private static let equity: [PlanField] = [
    PlanField("founders", .list(holding), "Shares at the start.", isRequired: true),
    PlanField("pool", .number(0...0.9), "Share kept for options."),
    PlanField("grants", .list(holding), "From the pool."),
    PlanField(
      "rounds",
      .list([
        PlanField("round", .text, "Id of a round of forecast.finance.", isRequired: true),
        PlanField("pool", .number(0...0.9), "Free pool after the round."),
        PlanField("preference", .number(0...10), "Multiple paid back first; 1."),
        PlanField("participating", .flag, "And shares in the rest."),
      ]), "Terms of the rounds."),
  ]

  static let team: [PlanField] = [
    .optional("on_cost", .one, .notNegative, "Employer's cost on top of pay, such as 35%."),
    .optional("pay_growth", .perTime, .any, "Growth of pay."),
    PlanField(
      "learning_rate", .number(0.5...1), "Time left when the number done doubles (Wright)."),
    PlanField(
      "capabilities",
      .list([
        id, name,
        PlanField("group", cases(Capability.Group.self), "One of four.", isRequired: true),
      ]),
      "What the team must be able to do."),
    PlanField(
      "needs",
      .list([
        PlanField("stage", cases(Capability.Stage.self), "Start-up or growth."),
        PlanField("capability", .text, "Its id.", isRequired: true),
        PlanField("level", .number(1...5), "1 to 5."),
        PlanField("people", .number(0...10_000), "Full-time equivalents."),
        PlanField("weight", .number(0.001...1_000), "Importance."),
      ]), "What a stage asks for."),
    PlanField(
      "people",
      .list(
        [
          id, name, PlanField("role", .text, "What they do."),
          PlanField("share", .number(0...1), "Share of full time; 1."),
        ] + pay), "Who there is."),
    PlanField(
      "hires",
      .list(
        [
          id, name,
          PlanField("stage", cases(Capability.Stage.self), "For which stage."),
          .quantity("month", .time, .month, 0, "When they begin."),
          .quantity("count", .one, .notNegative, 1, "How many."),
          .optional("customers_each", .one, .positive, "One more for so many customers."),
          .quantity("recruiting", .money, .notNegative, 0, "Cost of hiring one."),
          .quantity("ramp", .time, .notNegative, 0, "Time until they work in full."),
        ] + pay), "Who is hired when."),
    PlanField(
      "responsibilities",
      .list([
        id, name, PlanField("responsible", .texts, "Who does it."),
        PlanField("accountable", .texts, "Exactly one."),
        PlanField("consulted", .texts, "Whose advice is asked."),
        PlanField("informed", .texts, "Who is told."),
      ]), "RACI."),
    PlanField(
      "objectives",
      .list([
        id, name, PlanField("owner", .text, "Id of a person.", isRequired: true),
        PlanField("metric", .text, "What is measured.", isRequired: true),
        PlanField("target", .number(-1e15...1e15), "To be reached.", isRequired: true),
        PlanField("date", .date, "By when."),
        PlanField("can_be_gamed", .flag, "The number can be moved without the matter."),
        PlanField("guard", .text, "A metric that falls when it is."),
        PlanField("bonus", .number(0...1), "Share of the owner's bonus."),
      ]), "Objectives and incentives."),
    PlanField("equity", .mapping(equity), "Shares, options, vesting."),
    PlanField(
      "training",
      .list([
        id, name, PlanField("people", .texts, "Who."),
        PlanField("capability", .text, "Its id.", isRequired: true),
        PlanField("level", .number(0...5), "Level afterwards."),
        .quantity("cost", .money, .notNegative, 0, "Cost."),
        .quantity("month", .time, .month, 0, "When."),
      ]), "Courses."),
  ]

  static let risks: [PlanField] = [
    PlanField("tail_price", .number(0...10), "Price κ of a worse tail; 0.1."),
    PlanField(
      "register",
      .list([
        id, name, PlanField("class", cases(Risk.Class.self), "Class.", isRequired: true),
        PlanField("cause", .text, "Cause."), PlanField("event", .text, "Event."),
        PlanField("consequence", .text, "Consequence."),
        PlanField("owner", .text, "Id of who watches it."),
        PlanField("response", cases(Risk.Response.self), "Response; accept."),
        .required("likelihood", .perTime, .notNegative, "Events, such as 0.2 to 0.6 /year."),
        .required("impact", .money, .notNegative, "90% interval of one event's loss."),
        .quantity("duration", .time, .notNegative, 0, "How long it is felt."),
        .quantity("acquisition", .one, .notNegative, 1, "New customers × this meanwhile."),
        .quantity("churn", .one, .notNegative, 1, "Churn × this meanwhile."),
        PlanField(
          "triggers", .any,
          "Early warnings on live metrics: 'monthly_churn > 6%' or {when: …, near: 0.2}."),
        PlanField("tasks", .texts, "Steps of the project that it threatens."),
        PlanField("reviewed", .date, "Last review."),
        PlanField("review_days", .integer(1...1_000), "Days between reviews; 90."),
      ]), "The risks."),
    PlanField(
      "treatments",
      .list([
        id, name, PlanField("kind", cases(RiskTreatment.Kind.self), "Kind."),
        PlanField("response", cases(Risk.Response.self), "Response; reduce."),
        .quantity("cost", .moneyPerTime, .notNegative, 0, "Cost a month."),
        .quantity("once", .money, .notNegative, 0, "Cost once."),
        .quantity("from", .time, .month, 0, "First month."),
        PlanField("adopted", .flag, "Part of the plan; true."),
        PlanField(
          "on",
          .list([
            PlanField("risk", .text, "Id of a risk.", isRequired: true),
            .quantity("likelihood", .one, .notNegative, 1, "Factor on how often."),
            .quantity("impact", .one, .notNegative, 1, "Factor on how dear."),
          ]), "What it acts on.", isRequired: true),
      ]), "What is done about them."),
  ]

  private static let technology: [PlanField] = [
    PlanField("job", cases(TechnologyBrief.Job.self), "What the model does.", isRequired: true),
    PlanField("examples", .number(0...1e18), "Labelled examples of the own domain."),
    PlanField("tokens_per_example", .number(1...1e6), "500."),
    PlanField("document_tokens", .number(0...1e18), "Own documents."),
    PlanField("fresh", .flag, "They change within days."),
    PlanField("private", .flag, "Data must not leave the own machines."),
    PlanField("latency_seconds", .number(0.001...86_400), "For 95 of 100 answers."),
    PlanField("answer_tokens", .number(1...1e6), "Tokens of an answer."),
    PlanField("tokens_per_month", .number(0...1e18), "Load."),
    PlanField("budget", .number(0...1e18), "Money for building it."),
    PlanField("upstream_per_million", .number(0...1e9), "Vendor's price of a million tokens."),
    PlanField(
      "machine",
      .mapping([
        PlanField("name", .text, "Name."),
        PlanField("teraflops", .number(0.001...1e9), "Peak.", isRequired: true),
        PlanField("utilisation", .number(0.01...1), "Share reached; 0.4."),
        PlanField("memory_gb", .number(0.1...1e7), "Memory.", isRequired: true),
        PlanField("bandwidth_gb_s", .number(0.1...1e7), "Bandwidth.", isRequired: true),
        PlanField("hourly_cost", .number(0...1e7), "Cost an hour.", isRequired: true),
      ]), "The machine."),
  ]

  static let project: [PlanField] = [
    PlanField("start", .date, "First day.", isRequired: true),
    PlanField("days_per_week", .number(1...7), "5."),
    PlanField(
      "tasks",
      .list([
        id, name, PlanField("phase", cases(ProjectTask.Phase.self), "Phase.", isRequired: true),
        PlanField("owner", .text, "Id of a person."),
        PlanField("after", .texts, "Ids of the steps before."),
        PlanField("days", .any, "[best, likely, worst] in working days.", isRequired: true),
        PlanField("done_when", cases(ProjectState.Fact.self), "Fact that makes it done."),
        PlanField("done", .flag, "Done by hand."),
        PlanField("progress", .number(0...1), "Share done."),
        PlanField("gate", .flag, "Someone decides here before the rest begins."),
        PlanField(
          "risks",
          .list([
            PlanField("risk", .text, "Id of a risk.", isRequired: true),
            PlanField("chance", .number(0...1), "Chance of the delay."),
            PlanField("days", .any, "[best, likely, worst] more days."),
          ]), "What may delay it."),
      ]), "Steps."),
    PlanField("technology", .mapping(technology), "Input of the technology choice."),
  ]

  private static func bilingual(_ name: String, _ about: String) -> PlanField {
    PlanField(
      name,
      .textOr([PlanField("en", .text, "In English."), PlanField("zh", .text, "In Chinese.")]), about
    )
  }

  static let ownCase: [PlanField] = [
    id, bilingual("name", "Name."), bilingual("summary", "In a sentence."),
    bilingual("lesson", "What it teaches."),
    PlanField("founded", .any, "When it began, for times since then."),
    PlanField("path", cases(CaseStudy.Path.self), "Path."),
    PlanField("outcome", cases(CaseStudy.Outcome.self), "Outcome."),
    PlanField(
      "figures",
      .list([
        PlanField("measure", cases(CaseFigure.Measure.self), "What it measures.", isRequired: true),
        PlanField("value", .number(-1e30...1e30), "Value.", isRequired: true),
        PlanField("upper", .number(-1e30...1e30), "Top of a range."),
        PlanField("unit", .text, "Unit."),
        PlanField("date", .text, "Year, month or day.", isRequired: true),
        PlanField("mark", cases(CaseFigure.Mark.self), "How sure it is."),
        PlanField("source", .text, "Where it is from.", isRequired: true),
        bilingual("note", "Note."),
      ]), "Dated figures."),
  ]
}
