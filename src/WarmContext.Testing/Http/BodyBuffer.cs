namespace WarmContext.Testing.Http;

/// <summary>
/// Collects a body up to a limit, and drops what is beyond. It holds what has come in, not what was announced: an announcement costs its
/// sender nothing.
/// </summary>
/// <param name="limit">The limit, in bytes.</param>
/// <param name="announced">What the sender has announced, in bytes; 0 when it has announced nothing.</param>
internal sealed class BodyBuffer(int limit, long announced)
{
    private const int FirstSize = 64 * 1024;

    // What is never more than this.
    private readonly int _max = announced > 0 ? (int)Math.Min(announced, limit) : limit;
    private byte[] _data = new byte[Math.Min(Math.Min(announced, limit), FirstSize)];
    private int _length;
    private bool _isTooLarge;

    public void Append(ReadOnlySpan<byte> data)
    {
        var room = limit - _length;
        if (data.Length > room)
        {
            _isTooLarge = true;
            data = data[..room];
        }

        if (_length + data.Length > _data.Length)
        {
            Array.Resize(ref _data, (int)Math.Min(_max, Math.Max(4096L, Math.Max(_data.Length * 2L, _length + data.Length))));
        }

        data.CopyTo(_data.AsSpan(_length));
        _length += data.Length;
    }

    public void Finish(HttpRequest request)
    {
        request.Body = _data.AsMemory(0, _length);
        request.IsTooLarge = _isTooLarge;
    }
}
