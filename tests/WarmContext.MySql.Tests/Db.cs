using System.Globalization;
using MySql.Data.MySqlClient;

namespace WarmContext.MySql.Tests;

internal static class Db
{
    public static async Task<T> QueryAsync<T>(this MySqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The tests' own text.
        await using var command = new MySqlCommand(sql, connection);
#pragma warning restore CA2100
        var value = await command.ExecuteScalarAsync();
        return value is null or DBNull ? default! : (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture);
    }

    /// <summary>What a handler does: leases, queries, gives back. Returns the server's number for the connection.</summary>
    public static async Task<long> UseAsync(this WarmConnection<MySqlConnection> connections)
    {
        await using var lease = await connections.LeaseAsync();
        return await lease.Connection.QueryAsync<long>("SELECT CONNECTION_ID()");
    }
}
