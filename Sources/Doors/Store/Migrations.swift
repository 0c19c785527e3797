import GRDB

/// The tables. A migration is never changed once it has landed, and knows no type of the program.
enum Migrations {
  static func migrator() -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 books") { try $0.execute(sql: books + appendOnly) }
    migrator.registerMigration("2 prices of a plan") {
      try $0.execute(sql: "ALTER TABLE prices ADD COLUMN plan TEXT")
    }
    return migrator
  }

  /// Amounts are two integers, `micro` = ⌊10⁶ × amount⌋ and `pico` = the 10⁻¹² units left (0..<10⁶);
  /// instants are nanoseconds since 1970. `account`, `currency`, `kind` and `outcome` are codes.
  private static let books = """
    CREATE TABLE state (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      books_version INTEGER NOT NULL,      -- grows with every commit: other processes read again
      catalogue_version INTEGER NOT NULL,  -- grows with every change of customers, keys, prices, upstreams
      transactions INTEGER NOT NULL,       -- last sequence numbers
      entries INTEGER NOT NULL,
      usages INTEGER NOT NULL,
      holds INTEGER NOT NULL,
      last_date INTEGER NOT NULL,          -- booking dates never go back
      head BLOB NOT NULL,                  -- hash of the last entry
      projected_entries INTEGER NOT NULL,  -- totals and balances include entries up to here
      projected_usages INTEGER NOT NULL    -- usage_totals include usage up to here
    );
    INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, zeroblob(32), 0, 0);

    CREATE TABLE customers (
      id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, currency INTEGER NOT NULL,
      terms TEXT NOT NULL, plan TEXT, created INTEGER NOT NULL
    );
    CREATE TABLE keys (
      id TEXT NOT NULL PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers (id),
      digest BLOB NOT NULL UNIQUE, prefix TEXT NOT NULL, created INTEGER NOT NULL,
      expires INTEGER, revoked INTEGER, models TEXT
    );
    CREATE INDEX keys_customer ON keys (customer);
    CREATE TABLE prices (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, model TEXT NOT NULL,
      currency INTEGER NOT NULL, input_micro INTEGER NOT NULL, cached_micro INTEGER NOT NULL,
      output_micro INTEGER NOT NULL, request_micro INTEGER NOT NULL,
      effective INTEGER NOT NULL, created INTEGER NOT NULL
    );
    CREATE TABLE upstreams (
      seq INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, model TEXT NOT NULL,
      key_environment TEXT, cost_version TEXT NOT NULL UNIQUE, currency INTEGER NOT NULL,
      input_micro INTEGER NOT NULL, cached_micro INTEGER NOT NULL, output_micro INTEGER NOT NULL
    );

    CREATE TABLE dimensions (
      id INTEGER PRIMARY KEY, customer TEXT, key TEXT, model TEXT, plan TEXT, price_version TEXT,
      machine TEXT, vendor TEXT, region TEXT, stream TEXT
    );
    CREATE TABLE transactions (
      seq INTEGER PRIMARY KEY, id TEXT, usage INTEGER, kind INTEGER NOT NULL, date INTEGER NOT NULL,
      corrects TEXT, first_entry INTEGER NOT NULL
    );
    -- A usage transaction is named by its request (usage.request is unique); all others have an id.
    CREATE UNIQUE INDEX transactions_id ON transactions (id) WHERE id IS NOT NULL;
    CREATE TABLE entries (
      seq INTEGER PRIMARY KEY, tx INTEGER NOT NULL, line INTEGER NOT NULL, account INTEGER NOT NULL,
      currency INTEGER NOT NULL, micro INTEGER NOT NULL, pico INTEGER NOT NULL, nanoseconds INTEGER,
      dimensions INTEGER NOT NULL, request TEXT, hash BLOB NOT NULL
    );
    CREATE TABLE usage (
      seq INTEGER PRIMARY KEY, request TEXT NOT NULL UNIQUE, tx INTEGER, admitted INTEGER NOT NULL,
      settled INTEGER NOT NULL, dimensions INTEGER NOT NULL, cost_version TEXT,
      outcome TEXT NOT NULL, streamed INTEGER NOT NULL, input INTEGER, cached INTEGER,
      output INTEGER, currency INTEGER NOT NULL, micro INTEGER, pico INTEGER,
      uncollected_micro INTEGER NOT NULL, uncollected_pico INTEGER NOT NULL,
      machine TEXT, nanoseconds INTEGER NOT NULL, compute_currency INTEGER, compute_micro INTEGER,
      compute_pico INTEGER, upstream_currency INTEGER, upstream_micro INTEGER, upstream_pico INTEGER,
      first_token_ms INTEGER, duration_ms INTEGER NOT NULL
    );
    CREATE INDEX usage_unrated ON usage (seq) WHERE input IS NULL;
    -- Parts of a request's machine time that closings booked while it ran.
    CREATE TABLE closing_shares (
      request TEXT NOT NULL, tx INTEGER NOT NULL, part INTEGER NOT NULL, machine TEXT NOT NULL,
      nanoseconds INTEGER NOT NULL, currency INTEGER NOT NULL, micro INTEGER NOT NULL,
      pico INTEGER NOT NULL, PRIMARY KEY (request, tx, part)
    ) WITHOUT ROWID;

    CREATE TABLE holds (
      seq INTEGER PRIMARY KEY, request TEXT NOT NULL, dimensions INTEGER NOT NULL,
      currency INTEGER NOT NULL, micro INTEGER NOT NULL, pico INTEGER NOT NULL,
      admitted INTEGER NOT NULL, expires INTEGER NOT NULL, process INTEGER NOT NULL,
      idempotent INTEGER NOT NULL
    );
    CREATE TABLE processes (
      id INTEGER PRIMARY KEY, token TEXT NOT NULL, started INTEGER NOT NULL
    );
    CREATE TABLE idempotency (
      seq INTEGER PRIMARY KEY, key_id TEXT NOT NULL, idempotency_key TEXT NOT NULL,
      request TEXT NOT NULL UNIQUE, fingerprint BLOB NOT NULL, created INTEGER NOT NULL,
      status INTEGER, content_type TEXT, body BLOB, UNIQUE (key_id, idempotency_key)
    );
    CREATE INDEX idempotency_created ON idempotency (created);

    CREATE TABLE machines (
      machine TEXT NOT NULL PRIMARY KEY, hourly_pico INTEGER NOT NULL, currency INTEGER NOT NULL,
      opened INTEGER NOT NULL, closed INTEGER NOT NULL,
      booked INTEGER NOT NULL,           -- nanoseconds booked at this rate
      open_nanoseconds INTEGER NOT NULL  -- of them, by settlements since `closed`
    );
    CREATE TABLE machine_rates (
      seq INTEGER PRIMARY KEY, machine TEXT NOT NULL, after_tx INTEGER NOT NULL,
      hourly_pico INTEGER NOT NULL, currency INTEGER NOT NULL, started INTEGER NOT NULL
    );

    -- Projections, rebuilt by set: what the entries say, by quarter of an hour.
    CREATE TABLE totals (
      bucket INTEGER NOT NULL, dimensions INTEGER NOT NULL, account INTEGER NOT NULL,
      currency INTEGER NOT NULL, micro INTEGER NOT NULL, pico INTEGER NOT NULL,
      nanoseconds INTEGER NOT NULL, PRIMARY KEY (bucket, dimensions, account, currency)
    ) WITHOUT ROWID;
    CREATE TABLE usage_totals (
      bucket INTEGER NOT NULL, dimensions INTEGER NOT NULL, requests INTEGER NOT NULL,
      unrated INTEGER NOT NULL, input INTEGER NOT NULL, cached INTEGER NOT NULL,
      output INTEGER NOT NULL, PRIMARY KEY (bucket, dimensions)
    ) WITHOUT ROWID;
    CREATE TABLE balances (
      customer TEXT NOT NULL, account INTEGER NOT NULL, currency INTEGER NOT NULL,
      micro INTEGER NOT NULL, pico INTEGER NOT NULL, PRIMARY KEY (customer, account, currency)
    ) WITHOUT ROWID;

    """

  /// History cannot be edited by a slip. Costs nothing on INSERT.
  private static let appendOnly = triggers.map { $0.sql + ";\n" }.joined()

  /// As the database keeps them, so that verification sees one that is gone or changed.
  static let triggers: [(name: String, sql: String)] =
    ["entries", "transactions", "usage", "prices", "dimensions", "closing_shares", "machine_rates"]
    .flatMap { table in
      ["UPDATE", "DELETE"].map { change in
        let name = "\(table)_no_\(change.lowercased())"
        return (
          name,
          """
          CREATE TRIGGER \(name) BEFORE \(change) ON \(table)
          BEGIN SELECT RAISE(ABORT, '\(table) are append-only: book a correction instead'); END
          """
        )
      }
    }
}
