import Billing
import Foundation
import HTTPTypes
import Hummingbird
import Ledger

extension GatewayService {
  /// The models that the caller's key may use and that have a price for its customer.
  private func usableModels(_ request: Request) async throws(GatewayError) -> [PriceVersion] {
    let digest = try await recognise(request)
    let catalogue = store.catalogue()
    let now = time.now()
    let names = Set(catalogue.prices.keys).filter { target($0, catalogue) != nil }
    var usable: [PriceVersion] = []
    for name in names.sorted() {
      do throws(BillingError) {
        let (_, customer) = try catalogue.authenticate(digest, model: name, at: now)
        usable.append(try catalogue.price(model: name, for: customer, at: now))
      } catch
        where error.code == .modelNotAllowed || error.code == .modelNotPriced
        || error.code == .currencyMismatch
      {
        continue
      } catch {
        throw GatewayError(error)
      }
    }
    return usable
  }

  func listModels(_ request: Request) async throws(GatewayError) -> Response {
    let usable = try await usableModels(request)
    let form = ModelForm(request)
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("object", "list")
      writer.key("data")
      writer.array { writer in
        for price in usable { form.write(&writer, price) }
      }
      guard form == .messages else { return }
      writer.member("has_more", false)
      writer.member("first_id", orNull: usable.first?.model)
      writer.member("last_id", orNull: usable.last?.model)
    }
    return .json(writer.bytes)
  }

  func showModel(_ name: String, _ request: Request) async throws(GatewayError) -> Response {
    let usable = try await usableModels(request)
    guard let price = usable.first(where: { $0.model == name }) else { throw .noSuchModel(name) }
    var writer = JSONWriter()
    ModelForm(request).write(&writer, price)
    return .json(writer.bytes)
  }
}

/// How a model is described: as OpenAI does, or as Anthropic does to clients that name a version of
/// its API.
private enum ModelForm {
  case openAI, messages

  init(_ request: Request) {
    self = request.headers[GatewayService.versionHeader] == nil ? .openAI : .messages
  }

  func write(_ writer: inout JSONWriter, _ price: PriceVersion) {
    writer.object { writer in
      writer.member("id", price.model)
      switch self {
      case .openAI:
        writer.member("object", "model")
        writer.member("created", Int(price.created.seconds))
        writer.member("owned_by", "breakeven")
      case .messages:
        writer.member("type", "model")
        writer.member("display_name", price.model)
        writer.member("created_at", Self.date(price.created.seconds))
      }
    }
  }

  private static func date(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }
}
