using System.Globalization;
using WarmContext.Report.Model;

namespace WarmContext.Report.Rendering;

/// <summary>Figures as the report writes them: three digits, the unit that fits, and always the same on every machine.</summary>
public static class Format
{
    /// <summary>A time, given in nanoseconds.</summary>
    public static string Time(double nanoseconds) => Math.Abs(nanoseconds) switch
    {
        0 => "0",
        < 1e3 => Digits(nanoseconds) + " ns",
        < 1e6 => Digits(nanoseconds / 1e3) + " µs",
        < 1e9 => Digits(nanoseconds / 1e6) + " ms",
        _ => Digits(nanoseconds / 1e9) + " s",
    };

    /// <summary>A power of ten on an axis.</summary>
    public static string Tick(double nanoseconds)
    {
        var (digits, unit) = Time(nanoseconds).Split(' ') is [var first, var second] ? (first, " " + second) : ("0", string.Empty);
        return (digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits) + unit;
    }

    public static string Bytes(double bytes) => Math.Abs(bytes) switch
    {
        < 1024 => Digits(bytes) + " B",
        < 1024 * 1024 => Digits(bytes / 1024) + " KiB",
        < 1024 * 1024 * 1024 => Digits(bytes / 1024 / 1024) + " MiB",
        _ => Digits(bytes / 1024 / 1024 / 1024) + " GiB",
    };

    public static string Of(double value, Unit unit) => unit switch
    {
        Unit.Nanoseconds => Time(value),
        Unit.Bytes => Bytes(value),
        Unit.Percent => Digits(value) + " %",
        _ => Digits(value) + " ×",
    };

    /// <summary>Both ends of an interval, in one unit.</summary>
    public static string Range(double low, double high, Unit unit)
    {
        var (first, last) = (Of(low, unit), Of(high, unit));
        var space = last.LastIndexOf(' ');
        return space > 0 && first.EndsWith(last[space..], StringComparison.Ordinal)
            ? $"{first[..^(last.Length - space)]} to {last}"
            : $"{first} to {last}";
    }

    public static string Range(Estimate estimate, Unit unit)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return Range(estimate.Low, estimate.High, unit);
    }

    public static string Range(Spread spread, Unit unit)
    {
        ArgumentNullException.ThrowIfNull(spread);
        return Range(spread.Low, spread.High, unit);
    }

    /// <summary>A ratio, as a factor: 0.021 ×.</summary>
    public static string Ratio(double ratio) => Of(ratio, Unit.Ratio);

    public static string RoundTrip(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.##} ms");

    public static string Number(double value) => value.ToString("#,##0.##", CultureInfo.InvariantCulture);

    /// <summary>Dollars; also when they are few: what rounds to nothing is no figure.</summary>
    public static string Money(double dollars)
    {
        var amount = Math.Abs(dollars);
        var digits = amount switch { < 0.0001 => "0.######", < 0.01 => "0.00000", < 1 => "0.000", _ => "#,##0.00" };
        return (dollars < 0 ? "−$" : "$") + amount.ToString(digits, CultureInfo.InvariantCulture);
    }

    /// <summary>Three significant digits, no exponent.</summary>
    public static string Digits(double value)
    {
        var size = Math.Abs(value);
        var text = size switch
        {
            0 => "0",
            < 0.001 => value.ToString("0.#####", CultureInfo.InvariantCulture),
            < 0.01 => value.ToString("0.####", CultureInfo.InvariantCulture),
            < 0.1 => value.ToString("0.000", CultureInfo.InvariantCulture),
            < 9.995 => value.ToString("0.00", CultureInfo.InvariantCulture),
            < 99.95 => value.ToString("0.0", CultureInfo.InvariantCulture),
            _ => value.ToString("#,##0", CultureInfo.InvariantCulture),
        };
        return text.Replace('-', '−');
    }
}
