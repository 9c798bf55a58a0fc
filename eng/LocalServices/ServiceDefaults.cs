using System.Globalization;

namespace WarmContext.LocalServices;

/// <summary>
/// Addresses and credentials of the servers that <c>eng/services</c> starts. The script holds the same defaults; a test compares the two.
/// </summary>
internal static class ServiceDefaults
{
    public const string PostgresPortVariable = "WARMCONTEXT_POSTGRES_PORT";
    public const string S3PortVariable = "WARMCONTEXT_S3_PORT";

    public const string PostgresUser = "warmcontext";
    public const string PostgresPassword = "warmcontext-local";
    public const string PostgresDatabase = "warmcontext";
    public const string S3AccessKey = "warmcontext-local";
    public const string S3SecretKey = "warmcontext-local-secret";

    public static int PostgresPort => Port(PostgresPortVariable, 25432);

    public static int S3Port => Port(S3PortVariable, 29017);

    public static string ConnectionString(int port) =>
        $"Host=127.0.0.1;Port={port.ToString(CultureInfo.InvariantCulture)};"
            + $"Username={PostgresUser};Password={PostgresPassword};Database={PostgresDatabase}";

    private static int Port(string variable, int otherwise)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1024 and <= 65534
            ? port
            : throw new LocalServiceException($"{variable} is '{text}'; it must be a port number from 1024 to 65534.");
    }
}
