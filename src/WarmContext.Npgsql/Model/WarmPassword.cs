namespace WarmContext.Npgsql;

/// <summary>A password or token, and how long it is valid.</summary>
/// <param name="Value">The password or token.</param>
/// <param name="Life">
/// How long it is valid from now; null means <see cref="WarmNpgsqlOptions.PasswordLife"/>. A token becomes invalid together with the
/// credentials that signed it, so give the shorter of the two times.
/// </param>
public readonly record struct WarmPassword(string Value, TimeSpan? Life = null)
{
    /// <summary>Creates a password that is valid for <see cref="WarmNpgsqlOptions.PasswordLife"/>.</summary>
    /// <param name="value">The password or token.</param>
    public static implicit operator WarmPassword(string value) => new(value);

    /// <summary>Creates a password that is valid for <see cref="WarmNpgsqlOptions.PasswordLife"/>.</summary>
    /// <param name="value">The password or token.</param>
    public static WarmPassword FromString(string value) => new(value);

    /// <summary>Returns the type's name, never the password, so that the password can't get into a log.</summary>
    public override string ToString() => nameof(WarmPassword);
}
