package import Billing
import Inference
package import Ledger
package import Logging
import ServiceLifecycle

/// Books the own machine's time: every few seconds what requests in flight used, and the rest as
/// idle capacity, so that the books follow the clock (law 5). Also sweeps lapsed holds.
///
/// In a service group it comes before the application's server, so that it ends after the last
/// request was settled. `open()` must have run before the first request.
package struct MachineClockService: Service {
  private let configuration: GatewayConfiguration
  private let store: any BillingStore
  private let rate: MachineRate
  private let locals: [any LocalModel]
  private let embedders: [any LocalEmbedder]
  private let time: any TimeSource
  private let logger: Logger

  package init(
    configuration: GatewayConfiguration, store: any BillingStore, rate: MachineRate,
    locals: [any LocalModel], embedders: [any LocalEmbedder] = [], time: any TimeSource,
    logger: Logger
  ) {
    self.configuration = configuration
    self.store = store
    self.rate = rate
    self.locals = locals
    self.embedders = embedders
    self.time = time
    self.logger = logger
  }

  /// Opens the machine's clock, closing what a former process left, and releases that process'
  /// holds.
  package func open() async throws(BillingError) {
    _ = await drain()
    try await store.closeMachine(configuration.machine, rate: rate, shares: [], until: time.now())
    _ = try await store.sweepHolds(all: true)
  }

  package func run() async throws {
    // Soon after the start the books already tell idle time from used time; later each closing
    // covers twice the last, up to the owner's interval.
    let ticks = AsyncStream<Int> { source in
      let ticker = Task {
        var pause = 1
        while !Task.isCancelled {
          try? await Task.sleep(for: .seconds(pause))
          source.yield(pause)
          pause = min(configuration.clockSeconds, 2 * pause)
        }
      }
      source.onTermination = { _ in ticker.cancel() }
    }
    var sinceSweep = 0
    for await pause in ticks.cancelOnGracefulShutdown() {
      await close()
      sinceSweep += pause
      if sinceSweep >= configuration.sweepSeconds {
        sinceSweep = 0
        await sweep()
      }
    }
    await close()
  }

  /// Closes the clock now. What the engine counted is lost to the shares (booked as idle) when the
  /// books cannot be written; the interval itself stays open and is closed next time.
  package func close() async {
    var shares: [String: Int64] = [:]
    for report in await drain() {
      for share in report.shares {
        shares[LocalRun.request(named: share.request), default: 0] += share.nanoseconds
      }
    }
    do throws(BillingError) {
      try await store.closeMachine(
        configuration.machine, rate: rate,
        shares: shares.sorted { $0.key < $1.key }.map { (request: $0.key, nanoseconds: $0.value) },
        until: time.now())
    } catch {
      logger.error("the machine's time could not be booked", metadata: ["error": "\(error)"])
    }
  }

  /// What every engine of the machine has counted since the last call.
  private func drain() async -> [ClockReport] {
    var reports: [ClockReport] = []
    for model in locals {
      if let report = await model.drainClock() { reports.append(report) }
    }
    for model in embedders {
      if let report = await model.drainClock() { reports.append(report) }
    }
    return reports
  }

  private func sweep() async {
    do throws(BillingError) {
      let lapsed = try await store.sweepHolds(all: false)
      if lapsed > 0 { logger.warning("holds lapsed", metadata: ["count": "\(lapsed)"]) }
    } catch {
      logger.error("holds could not be swept", metadata: ["error": "\(error)"])
    }
  }
}
