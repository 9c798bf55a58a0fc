using System.Runtime.InteropServices;

namespace TestFunctions;

/// <summary>Handlers that use more than they may.</summary>
public class Appetite
{
    /// <summary>Takes memory that isn't the garbage collector's, and touches it.</summary>
    public unsafe int AllocateMegabytes(int megabytes)
    {
        for (var i = 0; i < megabytes; i++)
        {
            new Span<byte>((void*)Marshal.AllocHGlobal(1024 * 1024), 1024 * 1024).Fill(1);
        }

        return megabytes;
    }

    /// <summary>Fills /tmp until it is refused; says how many MiB it got in.</summary>
    public int FillTmp(string directory)
    {
        var block = new byte[1024 * 1024];
        using var file = new FileStream(Path.Combine(directory, "fill"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (var i = 0; ; i++)
        {
            try
            {
                file.Write(block);
            }
            catch (IOException)
            {
                return i;
            }
        }
    }

    /// <summary>Computes for so many milliseconds of CPU; says how many it took.</summary>
    public double Compute(int milliseconds)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var process = System.Diagnostics.Process.GetCurrentProcess();
        var until = process.TotalProcessorTime + TimeSpan.FromMilliseconds(milliseconds);
        do
        {
            process.Refresh();
        }
        while (process.TotalProcessorTime < until);

        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Writes a file; says "written", or why not.</summary>
    public string Touch(string path)
    {
        try
        {
            File.WriteAllText(path, "x");
            return "written";
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Writes a file to the directory for temporary files; says whether it is in /tmp then.</summary>
    public bool TouchTemporary(string name)
    {
        File.WriteAllText(Path.Combine(Path.GetTempPath(), name), "x");
        return File.Exists(Path.Combine("/tmp", name));
    }

    public string[] ListTmp() =>
    [
        .. Directory.GetFileSystemEntries("/tmp")
            .Select(static path => Path.GetFileName(path)!)
            .Where(static name => !name.StartsWith("dotnet-diagnostic", StringComparison.Ordinal)
                && !name.StartsWith("clr-debug", StringComparison.Ordinal)
                && name != ".dotnet"),
    ];
}
