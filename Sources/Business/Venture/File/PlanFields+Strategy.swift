import Forecast

/// The fields of the `strategy` and `opportunities` sections.
extension PlanFields {
  static func cases<Value: CaseIterable & RawRepresentable>(_ type: Value.Type) -> PlanField.Kind
  where Value.RawValue == String { .choice(Value.allCases.map(\.rawValue)) }

  /// What makes a statement refutable.
  private static func claim(_ name: String) -> [PlanField] {
    [
      PlanField(name, .text, "The statement."),
      PlanField("metric", .text, "What is measured."),
      PlanField("owner", .text, "Id of the person who answers for it."),
      PlanField("date", .date, "By when."),
      PlanField("drop", .text, "It is given up when the metric is there, such as '< 500'."),
    ]
  }

  private static let score = PlanField.Kind.quantity(.one, .any, fallback: nil)

  private static let path: [PlanField] = [
    PlanField("summary", .text, "The way in a sentence."),
    PlanField("steps", .texts, "Its three steps."),
    PlanField("scenario", .text, "Id of the scenario that simulates it."),
    PlanField("scores", .open(score), "Attractiveness by criterion, 1 to 4."),
  ]

  private static let stage: [PlanField] = [
    id, name,
    PlanField("kind", cases(Stage.Kind.self), "Start-up or growth."),
    PlanField(
      "goals",
      .list(
        [id, PlanField("area", cases(Stage.Area.self), "Of the stage's four areas.")]
          + claim("text")),
      "Goals."),
    PlanField(
      "tasks",
      .list([
        id, name, PlanField("goals", .texts, "Ids of the goals that it serves."),
        PlanField("owner", .text, "Id of a person."), PlanField("due", .date, "By when."),
      ]), "Tasks."),
    PlanField(
      "gates",
      .list([
        id, name, PlanField("metric", .text, "What is measured."),
        PlanField("threshold", .text, "What must hold, such as '>= 60%'."),
        PlanField("date", .date, "By when."),
      ]), "What must hold before the next stage."),
  ]

  static let strategy: [PlanField] = [
    PlanField("vision", .textOr(claim("text")), "愿景."),
    PlanField("mission", .textOr(claim("text")), "使命."),
    PlanField("position", .textOr(claim("text")), "Market position."),
    PlanField(
      "customers",
      .list(
        [
          id, name, PlanField("needs", .texts, "What they need."),
          PlanField("segments", .texts, "Segments of the forecast that reach them."),
        ] + claim("claim")), "Target customers."),
    PlanField(
      "offerings",
      .list(
        [
          id, name, PlanField("kind", cases(Strategy.Offering.Kind.self), "Product or service."),
          PlanField("customers", .texts, "Ids of the target customers."),
          PlanField("advantages", .texts, "Ids of the advantages that it uses."),
        ] + claim("claim")), "Products and services."),
    PlanField(
      "advantages",
      .list(
        [id, PlanField("kind", cases(Strategy.Advantage.Kind.self), "Of technology or market.")]
          + claim("claim")), "Why the venture wins."),
    PlanField(
      "profit_model",
      .textOr(claim("text") + [PlanField("streams", .texts, "Ids of the forecast's streams.")]),
      "How money is earned."),
    PlanField(
      "paths",
      .mapping(
        [
          PlanField(
            "criteria",
            .list([id, name, PlanField("weight", score, "Weight.", isRequired: true)]),
            "By what the paths are compared.")
        ]
          + VenturePaths.Kind.allCases.map {
            PlanField($0.rawValue, .mapping(path), "One of the three paths.")
          }), "Technology-, market- and innovation-driven."),
    PlanField("stages", .list(stage), "Stages with goals, tasks and gates."),
  ]

  private static let source: [PlanField] = [
    PlanField("kind", cases(OpportunitySource.Kind.self), "Where it comes from.", isRequired: true),
    PlanField("text", .text, "The claim.", isRequired: true),
    PlanField("prior", score, "Chance before the evidence.", isRequired: true),
    PlanField("correlation", .number(0...1), "Between pieces of one group; 1."),
    PlanField(
      "evidence",
      .list([
        PlanField("text", .text, "What was seen.", isRequired: true),
        PlanField("reference", .text, "Where."), PlanField("date", .date, "When."),
        PlanField("group", .text, "Pieces of one group say partly the same."),
        PlanField("ratio", score, "Likelihood ratio.", isRequired: true),
      ]), "The log of evidence."),
  ]

  private static let swot: [PlanField] =
    SWOT.Kind.allCases.map {
      PlanField(
        $0.rawValue,
        .list([
          id, PlanField("text", .text, "The factor.", isRequired: true),
          PlanField(
            "weight", .number(0...1), "Inner and outer weights sum to 1.", isRequired: true),
          PlanField("rating", .number(1...4), "1 to 4.", isRequired: true),
          PlanField("evidence", .text, "What it rests on."),
        ]), "Factors.")
    } + [
      PlanField(
        "answers",
        .list([
          PlanField("inner", .text, "Id of a strength or weakness.", isRequired: true),
          PlanField("outer", .text, "Id of an opportunity or threat.", isRequired: true),
          PlanField("relevance", .number(0...1), "How much they have to do with each other."),
          PlanField("action", .text, "What is done."),
          PlanField("rejection", .text, "Or why nothing is."),
          PlanField("owner", .text, "Id of a person."),
        ]), "TOWS: an action or a rejection for each pair.")
    ]

  private static let forces: [PlanField] = Force.Kind.allCases.map {
    PlanField(
      $0.rawValue,
      .mapping([
        PlanField("score", score, "Pressure, 1 (weak) to 5 (strong).", isRequired: true),
        PlanField("measured", .open(.number(-1...1_000)), "Measured items."),
        PlanField("evidence", .texts, "What it rests on."),
      ]), "One of the five forces.")
  }

  private static let candidate: [PlanField] = [
    id, name, PlanField("summary", .text, "In a sentence."),
    PlanField("sources", .list(source), "Where it comes from, with the evidence."),
    PlanField(
      "scores",
      .mapping(
        Indicator.allCases.map {
          PlanField(
            $0.rawValue,
            .textOr([
              PlanField("score", score, "1 to 9.", isRequired: true),
              PlanField("measure", .text, "What was measured."),
              PlanField("evidence", .texts, "What it rests on."),
              PlanField("date", .date, "When."),
            ]), "1 to 9.", isRequired: true)
        }), "The twelve indicators.", isRequired: true),
    PlanField(
      "market",
      .mapping([
        PlanField(
          "top_down",
          .mapping([
            .required("total", .moneyPerTime, .notNegative, "TAM."),
            .required("serviceable", .one, .share, "SAM ÷ TAM."),
            .required("obtainable", .one, .share, "SOM ÷ SAM."),
          ]), "From the whole market downwards."),
        PlanField(
          "bottom_up",
          .mapping([
            .required("customers", .customers, .notNegative, "Customers with the problem."),
            .required("reachable", .one, .share, "Share that can be served."),
            .required("winnable", .one, .share, "Share of those that can be won."),
            .required("price", .moneyPerCustomerTime, .notNegative, "Money of a customer."),
          ]), "From customers upwards."),
      ]), "TAM, SAM, SOM."),
    PlanField(
      "adoption",
      .mapping([
        .required("market", .customers, .notNegative, "Customers there will ever be."),
        .required("innovation", .perTime, .hazard, "Bass p."),
        .required("imitation", .perTime, .notNegative, "Bass q."),
      ]), "Bass diffusion."),
    PlanField(
      "readiness",
      .list([
        PlanField("component", .text, "Part of the product.", isRequired: true),
        PlanField("level", .integer(1...9), "Technology readiness.", isRequired: true),
        PlanField("needed", .integer(1...9), "What the stage needs."),
        PlanField("evidence", .text, "What was seen."), PlanField("date", .date, "When."),
      ]), "Technology readiness levels."),
    PlanField("swot", .mapping(swot), "SWOT and TOWS."),
    PlanField("forces", .mapping(forces), "Porter's five forces."),
  ]

  private static let judge: [PlanField] =
    [
      PlanField("name", .text, "Who judges."),
      PlanField("groups", .open(.text), "Pairs such as 'market/technology: 2'."),
    ]
    + Indicator.Group.allCases.map {
      PlanField($0.rawValue, .open(.text), "Pairs of the group's indicators.")
    }

  private static let shares = Indicator.allCases.map {
    PlanField($0.rawValue, .number(0...100), "Its weight.", isRequired: true)
  }

  static let opportunities: [PlanField] = [
    PlanField("chosen", .text, "Id of the candidate that is pursued."),
    PlanField(
      "weights",
      .mapping([
        PlanField("spread", .number(0...2), "σ of the log of a judgment; 0.2."),
        PlanField("concentration", .number(0.5...1e6), "Of the law around given weights; 100."),
        PlanField("judges", .list(judge), "Pairwise judgments (AHP)."),
        PlanField("swing", .mapping(shares), "Points, the largest 100."),
        PlanField("direct", .mapping(shares), "Shares that sum to 1."),
      ]), "Weights of the indicators; one of judges, swing, direct."),
    PlanField("candidates", .list(candidate), "The opportunities compared.", isRequired: true),
  ]
}
