namespace WarmContext.Testing.Isolation;

/// <summary>Reads and writes the files of control groups, which are refused in all kinds of ways where they aren't permitted.</summary>
internal static class ControlFile
{
    /// <summary>Writes a value.</summary>
    /// <returns>Null, or why it didn't work.</returns>
    public static string? TryWrite(string directory, string name, string value)
    {
        var path = Path.Combine(directory, name);
        try
        {
            // Not created: a directory without it isn't a group of that kind.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    public static string? TryRead(string directory, string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Makes a group.</summary>
    /// <returns>Null, or why it didn't work.</returns>
    public static string? TryCreate(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
