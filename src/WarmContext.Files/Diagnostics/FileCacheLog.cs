using System.Globalization;

namespace WarmContext.Files.Diagnostics;

/// <summary>Every log event of the file cache, with its number (100 to 199). Numbers are never reused.</summary>
internal static class FileCacheLog
{
    public static void HousekeepingFailed(string what, Exception exception) => Write(
        WarmContextLogLevel.Warning, 100, nameof(HousekeepingFailed), $"The file cache failed at {what}; it goes on without.", exception);

    public static void ServedStale(string file, TimeSpan age, Exception exception) => Write(
        WarmContextLogLevel.Warning, 101, nameof(ServedStale),
        $"{file} could not be revalidated; the copy confirmed {age.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s ago is " +
            "served.", exception);

    public static void BackgroundRefreshFailed(string file, Exception exception) => Write(
        WarmContextLogLevel.Warning, 102, nameof(BackgroundRefreshFailed), $"{file} could not be refreshed in the background; it is " +
            "tried again at its next use.", exception);

    public static void DownloadRestarted(string file, Exception exception) => Write(
        WarmContextLogLevel.Information, 103, nameof(DownloadRestarted), $"The download of {file} begins anew.", exception);

    public static void DamagedOnDisk(string path) => Write(
        WarmContextLogLevel.Warning, 104, nameof(DamagedOnDisk), $"The file {path} is not what was fetched; it is fetched again.", null);

    public static void PassedThrough(string file, string directory, Exception? cause) => Write(
        WarmContextLogLevel.Information, 105, nameof(PassedThrough), $"{file} has no room in the cache '{directory}' and is read " +
            "straight from its source.", cause);

    private static void Write(WarmContextLogLevel level, int id, string name, string message, Exception? exception) =>
        WarmContextDiagnostics.Write(new WarmContextLogEntry(level, id, name, message, Invocation.CurrentOrDefault?.RequestId, exception));
}
