import Forecast
import Venture

extension PlanPages {
  /// A part that takes longer than a page may: the page shows a link to it, the script fetches it
  /// after the first paint, and without script the link opens the page with this part worked out.
  func later(_ id: String, _ title: String, path: String, _ visit: Visit, _ ask: PlanAsk) -> Block {
    let fields = ask.fields.merging(visit.query.only(["goal"]).fields) { $1 }
    let query = Query(fields)
    var part = fields
    part["part"] = "1"
    let fragment = Query(part).address("\(path)/\(id)").escapedForMarkup
    let link = query.address("\(path)/\(id)").escapedForMarkup
    let label = visit.text("plan_work_out").escapedForMarkup
    return Block(
      id: id, title: title,
      form:
        "<p class=\"ways-on\" data-fragment=\"\(fragment)\"><span>\(visit.text("plan_working").escapedForMarkup)</span><a href=\"\(link)\">\(label)</a></p>"
    )
  }

  /// A part alone, for the script; or its page with that part in its place.
  func answer(
    _ blocks: [Block], tab: Tab, _ visit: Visit
  ) -> String {
    guard visit.query["part"] != nil else {
      return page(
        tab, visit, answer: [Piece(text: blocks.first?.title ?? "")],
        blocks: blocks.map {
          var block = $0
          block.aside = $0.aside ?? visit.text("plan_part_aside")
          return block
        })
    }
    return pages.render("plan-part", ["blocks": blocks, "t": visit.text])
  }

  /// What could not be worked out says why, in the part's place.
  func part(
    _ id: String, _ title: String, _ work: () async throws -> [Block]
  ) async throws -> [Block] {
    do {
      return try await work()
    } catch let error as DeskError where error.code == .invalid || error.code == .noLedger {
      return [Block(id: id, title: title, prose: [error.description])]
    } catch let error as ForecastError {
      return [Block(id: id, title: title, prose: [error.message])]
    }
  }
}
