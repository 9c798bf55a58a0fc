namespace WarmContext.Files.Storage;

/// <summary>Which boot of which machine this is. Files written under another boot may have lost what was never flushed to the disk.</summary>
internal static class BootId
{
    private static readonly Lazy<string> s_current = new(Read, LazyThreadSafetyMode.PublicationOnly);

    public static string Current => s_current.Value;

    private static string Read()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
