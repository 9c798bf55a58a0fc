using System.Diagnostics.Metrics;
using System.Globalization;

namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>
/// Counts this host's running requests in the instrument in which .NET counts those of every HttpClient, and so those of Lambda's own
/// runtime: whoever watches sees the same here. Meters are loaded only where the function has loaded them.
/// </summary>
internal static class RequestMeter
{
    private static bool s_isLoaded;

    public static void Begin(string hostAndPort, string method) => Add(1, hostAndPort, method);

    public static void End(string hostAndPort, string method) => Add(-1, hostAndPort, method);

    private static void Add(int delta, string hostAndPort, string method)
    {
        if (s_isLoaded || (s_isLoaded = IsLoaded()))
        {
            Meters.Add(delta, hostAndPort, method);
        }
    }

    private static bool IsLoaded() => Array.Exists(
        AppDomain.CurrentDomain.GetAssemblies(), static assembly => assembly.GetName().Name == "System.Diagnostics.DiagnosticSource");

    private static class Meters
    {
        private static readonly Meter s_meter = new("System.Net.Http");
        private static readonly UpDownCounter<long> s_active =
            s_meter.CreateUpDownCounter<long>("http.client.active_requests", "{request}");

        public static void Add(int delta, string hostAndPort, string method)
        {
            if (s_active.Enabled)
            {
                var separator = hostAndPort.LastIndexOf(':');
                var port = int.Parse(hostAndPort.AsSpan(separator + 1), CultureInfo.InvariantCulture);
                s_active.Add(
                    delta,
                    new KeyValuePair<string, object?>("url.scheme", "http"),
                    new KeyValuePair<string, object?>("server.address", hostAndPort[..separator]),
                    new KeyValuePair<string, object?>("server.port", port),
                    new KeyValuePair<string, object?>("http.request.method", method));
            }
        }
    }
}
