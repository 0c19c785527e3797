import Billing
import HTTPTypes
import Hummingbird
import Inference
import NIOCore
import Synchronization

extension GatewayService {
  /// Ready: not shutting down, something to serve, and books that can be written (lapsed holds are
  /// swept to find out).
  func readiness() async throws(GatewayError) -> Response {
    if slots.isDraining { throw .shuttingDown }
    if locals.isEmpty, embedders.isEmpty, store.catalogue().upstreams.isEmpty {
      throw .unavailable("no model is loaded and no upstream is set up", code: "no_model")
    }
    do throws(BillingError) {
      _ = try await store.sweepHolds(all: false)
    } catch {
      metrics.add(to: .storageFailures)
      throw GatewayError(error)
    }
    return .json(Array(#"{"status":"ready"}"#.utf8))
  }

  func metricsResponse() -> Response {
    metrics.running.store(slots.running, ordering: .relaxed)
    var text = PrometheusText()
    metrics.write(to: &text)
    writeEngineLoad(to: &text)
    return Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
  }

  private func writeEngineLoad(to text: inout PrometheusText) {
    let loads = locals.values.map { ($0.name, $0.load()) }.sorted { $0.0 < $1.0 }
    let gauges: [(String, String, String, (Int) -> Int)] = [
      ("breakeven_engine_running", "gauge", "Sequences in the batch.", { loads[$0].1.running }),
      (
        "breakeven_engine_waiting", "gauge", "Requests waiting for a place in the batch.",
        { loads[$0].1.waiting }
      ),
      (
        "breakeven_engine_kv_pages_used", "gauge", "Pages of the KV cache in use.",
        { loads[$0].1.kvPagesUsed }
      ),
      (
        "breakeven_engine_kv_pages", "gauge", "Pages of the KV cache.", { loads[$0].1.kvPagesTotal }
      ),
      ("breakeven_engine_steps_total", "counter", "Steps of the engine.", { loads[$0].1.steps }),
      (
        "breakeven_engine_generated_tokens_total", "counter", "Tokens generated.",
        { loads[$0].1.generatedTokens }
      ),
      (
        "breakeven_engine_prompt_tokens_total", "counter",
        "Prompt tokens computed; cached ones are not.",
        { loads[$0].1.promptTokens }
      ),
      (
        "breakeven_engine_cached_tokens_total", "counter", "Prompt tokens found in the cache.",
        { loads[$0].1.cachedTokens }
      ),
      (
        "breakeven_engine_preemptions_total", "counter",
        "Sequences that gave their pages up and were computed again.",
        { loads[$0].1.preemptions }
      ),
    ]
    for (name, type, help, value) in gauges {
      text.metric(name, type, help)
      for index in loads.indices {
        text.sample(name, [("model", loads[index].0)], String(value(index)))
      }
    }
  }
}
