using WarmContext.Tool.Errors;

namespace WarmContext.Tool.Output;

/// <summary>Files that the user asked for.</summary>
internal static class OutputFile
{
    /// <summary>Refuses one that can't be written.</summary>
    public static void Check(string option, string? path)
    {
        if (path is null)
        {
            return;
        }

        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new ToolException($"{option} is '{path}', which is a directory; give a file in it.");
        }

        if (Path.GetDirectoryName(full) is { } directory && !Directory.Exists(directory))
        {
            throw new ToolException($"{option} is '{path}', and there is no directory {directory}; create it, or give another file.");
        }

        // Found out before anything is run for it.
        try
        {
            using var probe = new FileStream(
                Temporary(full), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{option} is '{path}', and nothing can be written there: {exception.Message} Give another file.");
        }
    }

    /// <summary>Writes one as a whole or not at all.</summary>
    public static async Task WriteAsync(string path, string text)
    {
        var full = Path.GetFullPath(path);
        var temporary = Temporary(full);
        try
        {
            await File.WriteAllTextAsync(temporary, text);
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string Temporary(string file) => file + "." + Path.GetRandomFileName();
}
