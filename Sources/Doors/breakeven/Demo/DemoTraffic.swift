import AsyncHTTPClient
import Billing
import Foundation
import Ledger
import ServiceLifecycle
import Store

/// Drives the demo's requests, then prints what they earned, then goes on until Ctrl-C.
final class DemoTraffic: Service, Sendable {
  private let server: ServerAssembly
  private let buyers: [DemoLoad.Buyer]
  private let model: String
  private let seconds: Int
  private let seed: UInt64
  private let endsItself: Bool
  private let started: AsyncStream<String>
  private let start: AsyncStream<String>.Continuation

  init(
    server: ServerAssembly, buyers: [DemoLoad.Buyer], model: String, seconds: Int, seed: UInt64,
    endsItself: Bool
  ) {
    self.server = server
    self.buyers = buyers
    self.model = model
    self.seconds = seconds
    self.seed = seed
    self.endsItself = endsItself
    (started, start) = AsyncStream.makeStream()
  }

  func begin(base: String) {
    start.yield(base)
    start.finish()
  }

  func run() async throws {
    try await cancelWhenGracefulShutdown { try await self.drive() }
  }

  private func drive() async throws {
    guard let base = await started.first(where: { _ in true }) else { return }
    let began = SystemTime().now()
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    let load = DemoLoad(base: base, model: model, buyers: buyers)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await load.run(client: client, seed: self.seed) }
      group.addTask {
        try? await Task.sleep(for: .seconds(self.seconds))
        guard !Task.isCancelled else { return }
        await self.state(since: began)
      }
      await group.next()
      // The statement is out: end, or let the traffic go on until Ctrl-C.
      if endsItself { group.cancelAll() }
      await group.waitForAll()
    }
    try? await client.shutdown()
  }

  private func state(since began: Timestamp) async {
    do {
      let report = try await ProfitReport(
        books: server.books, from: began, to: SystemTime().now(), by: .customer,
        conversion: Conversion(target: .usd, rates: server.workspace.rates))
      Output.line("\nAfter \(seconds) seconds:\n")
      report.print()
      let verified = try await server.books.verify()
      for finding in verified.findings {
        Output.line("\(finding.check) at \(finding.location): \(finding.message)")
      }
      Output.line(
        verified.findings.isEmpty
          ? "ledger verified: \(verified.transactions) transactions, \(verified.entries) entries, \(verified.requests) requests"
          : "ledger NOT sound: \(verified.findings.count) findings")
      if !endsItself { Output.line("\nThe traffic goes on and the page moves; Ctrl-C ends it.") }
    } catch {
      Output.note("breakeven: the statement could not be made: \(error)")
    }
  }
}
