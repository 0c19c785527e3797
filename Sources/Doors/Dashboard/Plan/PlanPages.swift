import Forecast
import Ledger
import Venture

/// The plan's pages. Each is an answer in words, a row of figures, then blocks of a picture, a table
/// or text; how a page is made of its parts of the plan is in a file of its own.
struct PlanPages: Sendable {
  let pages: Pages
  let desk: PlanDesk
  let pace = RedrawPace()

  /// In the order of the tabs; `forecast` is `/plan`.
  enum Tab: String, CaseIterable {
    case forecast, strategy, opportunity, team, risks, streams, decisions, project, cases
    case learning, file, report, advisor

    var path: String { self == .forecast ? "/plan" : "/plan/\(rawValue)" }
  }

  /// One part of a page.
  struct Block: ViewModel, Sendable {
    var id: String
    var title: String
    /// Said under the title: what to look for.
    var aside: String?
    /// `<svg>`, made by us.
    var drawing: String?
    var prose: [String] = []
    var table: TableView?
    /// HTML of a form or a control, made by us.
    var form: String?
    /// Whether the title stands above what comes before the table.
    let is_titled: Bool

    init(
      id: String, title: String, aside: String? = nil, drawing: Drawing? = nil,
      prose: [String] = [], table: TableView? = nil, form: String? = nil
    ) {
      self.id = id
      self.title = title
      self.aside = aside
      self.drawing = drawing?.svg
      self.prose = prose
      self.table = table
      self.form = form
      is_titled =
        table == nil || aside != nil || drawing != nil || !prose.isEmpty || form != nil
    }
  }

  func words(_ visit: Visit) -> Words {
    let text = visit.text
    return Words(language: visit.text.language == .english ? .english : .chinese) { text.texts[$0] }
  }

  func format(_ visit: Visit, _ currency: Currency) -> FigureFormat {
    FigureFormat(
      language: visit.text.language == .english ? .english : .chinese, currency: currency)
  }

  /// - Parameters:
  ///   - answer: the page's question answered in one sentence, its figures linked.
  ///   - more: names that the template reads beside the common ones.
  func page(
    _ tab: Tab, _ visit: Visit, answer: [Piece], figures: [Figure] = [], blocks: [Block],
    template: String = "plan", more: [String: Any] = [:]
  ) -> String {
    let fields: [String: Any] = [
      "answer": answer, "figures": figures, "has_figures": !figures.isEmpty, "blocks": blocks,
      "tabs": Tab.allCases.map {
        Frame.Choice(
          label: visit.text("plan_tab_\($0.rawValue)"), link: $0.path, current: $0 == tab)
      },
      "is_plan": true, "unconverted": false,
    ]
    return pages.page(
      template, visit, title: visit.text("plan_tab_\(tab.rawValue)"), section: "plan",
      fields.merging(more) { $1 })
  }

  /// What a page shows when there is no plan, or none without errors.
  func missing(_ tab: Tab, _ visit: Visit, _ error: DeskError) -> String {
    var table = TableView(id: "problems", caption: visit.text("plan_problems"))
    table.columns = [
      Column(visit.text("plan_column_line")), Column(visit.text("plan_column_field"), .name),
      Column(visit.text("plan_column_problem"), .text),
    ]
    table.rows = error.problems.map {
      Row(cells: [.number("\($0.line)"), .name($0.field, "/plan/file"), .words($0.message)])
    }
    table.empty_title = visit.text("plan_missing_title")
    table.empty_text = error.description
    table.empty_command = error.code == .noPlan ? "breakeven plan new --example ." : nil
    return page(
      tab, visit, answer: [Piece(text: visit.text("plan_missing_answer"))],
      blocks: [
        Block(id: "problems", title: visit.text("plan_problems"), table: table)
      ])
  }

  /// A link to the plan's line that a figure is written in.
  func line(_ number: Int) -> String? { number > 0 ? "/plan/file#L\(number)" : nil }
}
