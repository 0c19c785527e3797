/// Volume × list price beside the revenue that is booked: discounts, free use, credits and included
/// quotas lie between. A plan that has no such gap has forgotten them.
package struct ListPriceCheck: Sendable, Hashable, Codable {
  /// Money a year.
  package var listed: Double
  package var booked: Double
  /// listed ÷ booked; nil without booked revenue.
  package var ratio: Double? { booked > 0 ? listed / booked : nil }

  /// - Parameters:
  ///   - tokensPerMonth: sold.
  ///   - pricePerToken: of the list.
  ///   - revenuePerMonth: from the same usage.
  package init(tokensPerMonth: Double, pricePerToken: Double, revenuePerMonth: Double) {
    listed = 12 * tokensPerMonth * pricePerToken
    booked = 12 * revenuePerMonth
  }

  private init(listed: Double, booked: Double) {
    self.listed = listed
    self.booked = booked
  }

  /// Tokens of an English word (¾ of a word is a token, as OpenAI's guide says).
  static let tokensPerWord = 4.0 / 3

  /// The case that the library knows: words a day in March 2021 at the davinci price of the time,
  /// against the revenue reported for 2022. Nil when a figure is missing.
  package static func known(in library: CaseLibrary) -> ListPriceCheck? {
    guard let study = library.cases.first(where: { $0.id == "openai_gpt3" }),
      let usage = study.figures.first(where: { $0.measure == .usage && $0.unit == "words/day" }),
      let price = study.figures.first(where: { $0.measure == .price && $0.date == "2022-07-03" }),
      let revenue = study.figures.first(where: { $0.measure == .revenue && $0.date == "2022" })
    else { return nil }
    return ListPriceCheck(
      listed: usage.value * tokensPerWord * 365 * price.value / 1_000, booked: revenue.value)
  }
}
