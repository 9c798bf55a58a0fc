namespace WarmContext.Tool;

/// <summary>Looks at processes from outside.</summary>
internal static class Processes
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Waits until a process has ended; one that nobody has reaped yet has.</summary>
    public static async Task UntilGoneAsync(int process)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (State(process) is not (null or 'Z' or 'X'))
        {
            await Task.Delay(10, patience.Token);
        }
    }

    public static char? State(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
