using System.Globalization;

namespace WarmContext.Shared;

/// <summary>Bytes, times and counts as people read them.</summary>
internal static class Amount
{
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MiB"),
    };

    /// <summary>In milliseconds below a second, in seconds from there on.</summary>
    public static string Time(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? Milliseconds(time)
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");

    public static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms");

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    public static string Count(long count, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? string.Empty : "s")}");
}
