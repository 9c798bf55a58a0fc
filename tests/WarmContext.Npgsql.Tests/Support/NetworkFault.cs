namespace WarmContext.Npgsql.Tests;

public enum NetworkFault
{
    Reset = 0,
    HalfClose,
    Blackhole,
    LongDelay,
}
