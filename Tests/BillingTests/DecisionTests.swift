import Billing
import Ledger
import TestSupport
import Testing

@Suite struct DecisionTests {
  let now = Sample.start.advanced(bySeconds: 100)

  func catalogue(
    _ terms: Customer.Terms = .prepaid, prices: [PriceVersion] = [Sample.price()]
  ) -> Catalogue {
    var catalogue = Catalogue()
    catalogue.customers["acme"] = Sample.customer(terms: terms)
    for key in [
      Sample.key(), Sample.key("old", expires: Sample.start), Sample.key("gone", revoked: now),
      Sample.key("later", expires: now.advanced(bySeconds: 1)),
      Sample.key("narrow", models: ["large"]),
      Sample.key("orphan", customer: "nobody"),
    ] { catalogue.keys[key.digest] = key }
    for price in prices { catalogue.prices[price.model, default: []].append(price) }
    return catalogue
  }

  func decide(
    _ request: AdmissionRequest, _ catalogue: Catalogue, available: String = "1"
  ) throws -> Admission {
    try Admission.decide(
      request, catalogue: catalogue, available: { Sample.money(available, $0.currency) }, at: now)
  }

  @Test(
    "Every refusal has its own code",
    arguments: [
      (Sample.request("r", key: "unknown"), "1", BillingError.Code.invalidKey),
      (Sample.request("r", key: "orphan"), "1", .invalidKey),
      (Sample.request("r", key: "old"), "1", .expiredKey),
      (Sample.request("r", key: "gone"), "1", .revokedKey),
      (Sample.request("r", key: "narrow"), "1", .modelNotAllowed),
      (Sample.request("r", model: "none"), "1", .modelNotPriced),
      (Sample.request("r", model: "future"), "1", .modelNotPriced),
      (Sample.request("r", model: "yuan"), "1", .currencyMismatch),
      (Sample.request("r", prompt: 100, output: 100), "0.000399999999", .insufficientCredit),
      (
        Sample.request("r", prompt: 100, output: 100, mayLower: true), "0.0001", .insufficientCredit
      ),
      (Sample.request("r", prompt: 0, output: 0), "-0.01", .insufficientCredit),
    ] as [(AdmissionRequest, String, BillingError.Code)])
  func refusals(_ request: AdmissionRequest, _ available: String, _ code: BillingError.Code) throws
  {
    let books = catalogue(prices: [
      Sample.price(), Sample.price("f", model: "future", effective: now.advanced(bySeconds: 1)),
      Sample.price("y", model: "yuan", currency: .cny),
    ])
    do {
      _ = try decide(request, books, available: available)
      Issue.record("admitted")
    } catch let error as BillingError {
      #expect(error.code == code && !error.message.isEmpty)
    }
  }

  @Test("A hold that fits to the last unit is admitted")
  func exactFit() throws {
    let admission = try decide(Sample.request("r", output: 100), catalogue(), available: "0.0004")
    #expect(admission.hold == Sample.money("0.0004") && admission.outputTokens == 100)
    #expect(admission.admitted == now)
    _ = try decide(Sample.request("r", key: "later"), catalogue())
  }

  @Test(
    "A limit is lowered to exactly what the credit affords",
    arguments: [
      ("0.0004", 100), ("0.000402999999", 100), ("0.000403", 101), ("0.000103", 1), ("9", 100_000),
    ])
  func lowered(_ available: String, _ tokens: Int) throws {
    let request = Sample.request("r", output: 100_000, mayLower: true)
    let admission = try decide(request, catalogue(), available: available)
    #expect(admission.outputTokens == tokens)
    #expect(admission.hold <= Sample.money(available))
  }

  @Test("On account nothing is held, and any currency the model is priced in will do")
  func onAccount() throws {
    let books = catalogue(.onAccount, prices: [Sample.price(currency: .cny)])
    let admission = try decide(Sample.request("r", output: 1 << 30), books, available: "0")
    #expect(admission.hold.isZero && admission.price.currency == .cny)
  }

  @Test("The newest effective price of the customer's currency is in force")
  func prices() throws {
    let books = catalogue(prices: [
      Sample.price("future", effective: now.advanced(bySeconds: 1)),
      Sample.price("yuan", currency: .cny, effective: now),
      Sample.price("new", effective: now), Sample.price("old"),
    ])
    #expect(try decide(Sample.request("r"), books).price.id == "new")
  }

  @Test("A cached prompt dearer than a fresh one is held for")
  func dearCache() throws {
    let books = catalogue(prices: [Sample.price(input: "1", cached: "2", output: "0")])
    #expect(try decide(Sample.request("r", prompt: 1000), books).hold == Sample.money("0.002"))
  }

  @Test("A key's text is long, random and recognisable; its digest depends on the secret")
  func keys() {
    var generator = SplitMix64(seed: 1)
    let texts = (0..<100).map { _ in APIKey.makeText(using: &generator) }
    #expect(Set(texts).count == 100)
    #expect(texts.allSatisfy { $0.hasPrefix("sk-be-") && $0.count == 46 })
  }
}
