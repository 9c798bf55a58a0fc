using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace WarmContext.Tool.Reporting;

/// <summary>
/// HTML that is written from interpolated strings: what is put in is encoded, so that nothing a function writes can become markup.
/// </summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    public HtmlText Add([InterpolatedStringHandlerArgument("")] Encoder html)
    {
        _ = html;
        _text.Append('\n');
        return this;
    }

    /// <summary>Adds what is HTML already.</summary>
    public HtmlText AddRaw(string html)
    {
        _text.Append(html);
        return this;
    }

    public override string ToString() => _text.ToString();

    [InterpolatedStringHandler]
    internal readonly struct Encoder
    {
        private readonly StringBuilder _text;

        // The form that the compiler calls.
        public Encoder(int literalLength, int formattedCount, HtmlText html)
        {
            _ = (literalLength, formattedCount);
            _text = html._text;
        }

        public void AppendLiteral(string value) => _text.Append(value);

        public void AppendFormatted<T>(T value) =>
            _text.Append(WebUtility.HtmlEncode(Convert.ToString(value, CultureInfo.InvariantCulture)));

        public void AppendFormatted<T>(T value, string format)
            where T : IFormattable => _text.Append(WebUtility.HtmlEncode(value.ToString(format, CultureInfo.InvariantCulture)));
    }
}
