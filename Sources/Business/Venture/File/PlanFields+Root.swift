import Forecast

/// The file as a whole.
extension PlanFields {
  static let root: [PlanField] = [
    PlanField("breakeven", .integer(1...1_000_000), "Format of the file: 1.", isRequired: true),
    PlanField("name", .text, "Name of the venture.", isRequired: true),
    PlanField("language", .choice(["en", "zh"]), "Of the plan's prose; en."),
    PlanField("currency", .text, "ISO 4217 code, such as CNY.", isRequired: true),
    PlanField("start", .month, "First month, such as 2027-01.", isRequired: true),
    PlanField("horizon", .integer(1...600), "Months of the forecast; 60."),
    PlanField("exchange", .open(.number(1e-9...1e9)), "Value of 1 of another currency."),
    PlanField(
      "assumptions",
      .open(
        .textOr([
          PlanField("value", .any, "A quantity, distribution or formula.", isRequired: true),
          PlanField("label", .text, "What the reader calls it."),
          PlanField("source", .text, "Where it is from."), PlanField("note", .text, "Note."),
        ])), "Named quantities that formulas use."),
    PlanField(
      "correlations", .any,
      "Rank correlations: 'a ~ b: 0.4' or {between: [a, b], rho: 0.4, note: …}."),
    PlanField("strategy", .mapping(strategy), "Strategy."),
    PlanField("opportunities", .mapping(opportunities), "Opportunities."),
    PlanField("team", .mapping(team), "Team."),
    PlanField("risks", .mapping(risks), "Risks."),
    PlanField("project", .mapping(project), "Project."),
    PlanField("cases", .list(ownCase), "Cases of the plan's own."),
    PlanField("prices", .mapping(prices), "The price list."),
    PlanField("forecast", .mapping(forecast), "The forecast's inputs."),
    PlanField("scenarios", .list(scenario), "Variations of the plan."),
  ]

  static let scenario: [PlanField] = [
    id, name, PlanField("note", .text, "Note."),
    PlanField("set", .open(.any), "Other values, by assumption or path."),
    PlanField("streams", .texts, "Ids of the streams that there are."),
    PlanField("treated", .flag, "Risks are treated as planned; true."),
  ]

  private static let tier: [PlanField] = [
    PlanField("up_to", .any, "Last unit of the tier; the last tier has none."),
    PlanField("price", .any, "Price.", isRequired: true),
    PlanField("per", .any, "Of so many units."),
    PlanField("fee", .any, "Once in the tier."),
  ]

  private static let item: [PlanField] = [
    PlanField("id", .text, "The meter's name when left out."),
    PlanField("meter", cases(RevenueStream.Meter.self), "What is counted.", isRequired: true),
    PlanField(
      "model", .choice(["per_unit", "package", "graduated", "volume", "percentage", "fixed"]),
      "Charge model; per_unit."),
    PlanField("price", .any, "Price."), PlanField("per", .any, "Of so many units."),
    PlanField("size", .any, "Units of a package."), PlanField("tiers", .list(tier), "Tiers."),
    PlanField("rate", .any, "Share of an amount."), PlanField("fee", .any, "For each counted."),
    PlanField("at_least", .any, "Of a percentage."), PlanField("at_most", .any, "Of a percentage."),
    PlanField("included", .any, "Units free of charge."),
    PlanField("minimum", .any, "At least."), PlanField("maximum", .any, "At most."),
  ]

  static let prices: [PlanField] = [
    PlanField("version", .text, "Version; a change is a new one."),
    PlanField("currency", .text, "The plan's when left out."),
    PlanField(
      "memberships",
      .list([
        id, name,
        PlanField(
          "levels",
          .list([
            id, name, PlanField("spend", .any, "Spending that reaches it."),
            PlanField("fee", .any, "Or its price."), PlanField("discount", .any, "Off every item."),
          ]), "Levels, ascending."),
      ]), "Membership programmes."),
    PlanField(
      "offers",
      .list([
        id, name, PlanField("interval", .choice(["month", "year"]), "Month."),
        PlanField("minimum", .any, "Commitment."), PlanField("maximum", .any, "Cap."),
        PlanField("discount", .any, "Off every item."),
        PlanField("membership", .text, "Programme."), PlanField("level", .text, "Level included."),
        PlanField("items", .list(item), "What is charged.", isRequired: true),
      ]), "What is sold."),
  ]
}
