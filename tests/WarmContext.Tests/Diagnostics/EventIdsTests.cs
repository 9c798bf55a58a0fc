using System.Reflection;
using WarmContext.Diagnostics;

namespace WarmContext.Tests.Diagnostics;

public sealed class EventIdsTests
{
    [Fact]
    public void Every_log_event_has_a_number_under_its_own_name()
    {
        var methods = typeof(WarmContextLog).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(static method => method.Name);
        var numbers = typeof(EventIds).GetFields().Select(static field => field.Name);
        Assert.Equal(methods.Order(), numbers.Order());
    }

    [Fact]
    public void No_number_is_used_twice_and_none_is_another_packages()
    {
        var numbers = typeof(EventIds).GetFields().Select(static field => (int)field.GetRawConstantValue()!).ToArray();
        Assert.Equal(numbers.Distinct(), numbers);
        Assert.All(numbers, static number => Assert.InRange(number, 1, 99));
    }
}
