// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** An embedded H2 in files; a second process reaches it through the first. */
final class H2 {
  private H2() {}

  static JdbcConnectionPool open(Place place, int connections) {
    JdbcConnectionPool pool = JdbcConnectionPool.create(
        "jdbc:h2:file:" + place.directory().resolve("peer").toAbsolutePath() + ";AUTO_SERVER=TRUE",
        "sa",
        "");
    pool.setMaxConnections(connections);
    return pool;
  }

  static void execute(DataSource database, String... statements) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
