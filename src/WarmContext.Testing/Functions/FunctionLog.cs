using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WarmContext.Testing.Functions;

/// <summary>
/// What a function writes to standard output and standard error, in one file, in the order it was written. A file rather than a pipe:
/// nothing has to be pumped, what a killed process wrote last is there, and a position in it tells exactly what belongs to which
/// invocation.
/// </summary>
internal sealed class FunctionLog : IDisposable
{
    private readonly SafeFileHandle _file;

    public FunctionLog(string path)
    {
        FilePath = path;
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    public string FilePath { get; }

    /// <summary>How much has been written so far, in bytes.</summary>
    public long Position => _file.IsClosed ? 0 : RandomAccess.GetLength(_file);

    public string[] Lines(long from, long to)
    {
        if (to <= from || _file.IsClosed)
        {
            return [];
        }

        var bytes = new byte[to - from];
        var read = RandomAccess.Read(_file, bytes, from);
        var text = Encoding.UTF8.GetString(bytes, 0, read);
        if (text.EndsWith('\n'))
        {
            text = text[..^1];
        }

        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].TrimEnd('\r');
        }

        return lines;
    }

    public void Dispose() => _file.Dispose();
}
