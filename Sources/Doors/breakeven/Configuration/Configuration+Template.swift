extension Configuration {
  /// What `init` writes: every key with its default and what it means.
  static func template(
    currency: String, timeZone: String, modelFile: String?, clockSeconds: Int = 60
  ) -> String {
    """
    # Breakeven workspace. Every key has a default that works; remove what you do not change.
    # BREAKEVEN_<KEY> in the environment wins over this file, such as BREAKEVEN_MACHINE_HOURLY_COST.

    listen: 127.0.0.1:8080
    currency: \(currency)          # what you report in
    time_zone: \(timeZone)         # an IANA name, such as Asia/Shanghai

    model:
      file: \(modelFile.map { "\"\($0)\"" } ?? "")           # a GGUF file; 'breakeven up --model FILE' wins over it

    # A model for /v1/embeddings beside it: a folder with model.safetensors, or a GGUF file.
    embeddings:
      file:
      allow_dimensions: false   # only for models trained to keep their meaning when cut

    # Units of the reporting currency for one unit of another, such as  CNY: "0.14"
    exchange_rates: {}

    # What the machine costs, whether it works or not. hourly_cost, where set, replaces the sum
    # of depreciation, power and hosting.
    machine:
      name: local
      # currency: \(currency)
      # hourly_cost: 0.05
      purchase_price: 1200
      depreciation_years: 4
      power_watts: 120
      power_price_per_kwh: 0.15
      hosting_per_month: 0

    # How a price is proposed from the measured cost of a model.
    pricing:
      target_margin_percent: 60
      utilisation_percent: 30   # the part of the day that you expect to be sold

    engine:
      # threads: 2              # all cores when not set
      max_sequences: 32         # requests computed together
      token_budget: 480         # most tokens a step
      max_step_ms: 50           # a long prompt holds the others up no longer than about this
      speculation: true         # guess ahead where it pays; answers stay the same
      # draft_model: small.gguf # a small model with the same tokens, to guess with
      kv_cache_mb: 1024
      kv_cache_type: f16        # q8 keeps twice as many tokens, a little less exactly
      pin_threads: false        # true ties each thread to a core, where nothing else runs
      huge_pages: false         # true asks the system for memory in pages of 2 MB
      max_queue: 256            # beyond it: 503 and Retry-After

    # The plan's advisor asks the served model, else the first upstream's, when none is named.
    advisor:
      # model: gpt-4o-mini

    gateway:
      max_requests: 512         # requests at once, beyond it: 503 and Retry-After
      max_requests_per_customer: 256   # beyond it: 429 and Retry-After
      plan_weights: {}          # a plan's part of the engine when customers compete, such as pro: 4
      max_queue_seconds: 0      # a longer wait for the engine ends with 503; 0: as long as it takes
      body_limit_bytes: 4194304
      body_timeout_seconds: 15
      upstream_timeout_seconds: 300
      upstream_default_output_tokens: 4096
      shutdown_seconds: 20      # how long running requests may finish
      clock_seconds: \(clockSeconds)         # how often the machine's time is booked

    """
  }
}
