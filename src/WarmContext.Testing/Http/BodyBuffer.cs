namespace WarmContext.Testing.Http;

/// <summary>Collects a body up to a limit, and drops what is beyond.</summary>
internal sealed class BodyBuffer(int limit, long expected)
{
    private byte[] _data = new byte[Math.Min(expected, limit)];
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
            Array.Resize(ref _data, (int)Math.Min(limit, Math.Max(4096L, Math.Max(_data.Length * 2L, _length + data.Length))));
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
