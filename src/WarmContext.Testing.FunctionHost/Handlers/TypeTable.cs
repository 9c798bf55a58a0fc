using System.Reflection;
using System.Reflection.Metadata;

namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>
/// Finds a type by its full name in an assembly's own table of types (ECMA-335, II.24). <see cref="Assembly.GetType(string)"/> reads names
/// of every kind and compiles five milliseconds' worth of vectorized code for that at each start, and listing all types would load
/// assemblies that the function may never need.
/// </summary>
internal static unsafe class TypeTable
{
    private const uint Signature = 0x424A5342;
    private const int Module = 0x00;
    private const int TypeRef = 0x01;
    private const int TypeDef = 0x02;
    private const int FieldPtr = 0x03;
    private const int Field = 0x04;
    private const int MethodPtr = 0x05;
    private const int MethodDef = 0x06;
    private const int ModuleRef = 0x1A;
    private const int TypeSpec = 0x1B;
    private const int AssemblyRef = 0x23;
    private const uint VisibilityMask = 0x7;
    private const uint Public = 0x1;

    /// <summary>The type of that name, if it is a plain one: not nested, not generic, and in ASCII.</summary>
    /// <returns>Null when there is none, or when only <see cref="Assembly.GetType(string)"/> can tell.</returns>
    public static Type? Find(Assembly assembly, string fullName)
    {
        var dot = -1;
        for (var i = 0; i < fullName.Length; i++)
        {
            var letter = fullName[i];
            if (letter is '.')
            {
                dot = i;
            }
            else if (!char.IsAsciiLetterOrDigit(letter) && letter != '_')
            {
                return null;
            }
        }

        return assembly.TryGetRawMetadata(out var metadata, out _) && FindRow(metadata, fullName, dot) is var row and > 0
            ? assembly.ManifestModule.ResolveType((TypeDef << 24) | row)
            : null;
    }

    // The row's number, from 1; 0 for none.
    private static int FindRow(byte* metadata, string fullName, int dot)
    {
        if (!TryFindStreams(metadata, out var tables, out var strings))
        {
            return 0;
        }

        var valid = *(ulong*)(tables + 8);
        var rows = stackalloc uint[64];
        var next = tables + 24;
        for (var table = 0; table < 64; table++)
        {
            rows[table] = 0;
            if ((valid & (1UL << table)) != 0)
            {
                rows[table] = *(uint*)next;
                next += 4;
            }
        }

        if (rows[FieldPtr] > 0 || rows[MethodPtr] > 0)
        {
            return 0;
        }

        var heaps = tables[6];
        var (text, guid) = ((heaps & 1) != 0 ? 4 : 2, (heaps & 2) != 0 ? 4 : 2);
        var scope = Coded(Math.Max(Math.Max(rows[Module], rows[ModuleRef]), Math.Max(rows[AssemblyRef], rows[TypeRef])));
        var extends = Coded(Math.Max(rows[TypeDef], Math.Max(rows[TypeRef], rows[TypeSpec])));
        var size = 4 + (2 * text) + extends + Simple(rows[Field]) + Simple(rows[MethodDef]);
        var types = next + (rows[Module] * (uint)(2 + text + (3 * guid))) + (rows[TypeRef] * (uint)(scope + (2 * text)));
        for (var row = 0; row < rows[TypeDef]; row++)
        {
            var type = types + (row * size);
            if ((*(uint*)type & VisibilityMask) <= Public
                && Is(strings + Heap(type + 4, text), fullName, dot + 1, fullName.Length)
                && Is(strings + Heap(type + 4 + text, text), fullName, 0, Math.Max(0, dot)))
            {
                return row + 1;
            }
        }

        return 0;
    }

    private static bool TryFindStreams(byte* metadata, out byte* tables, out byte* strings)
    {
        tables = strings = null;
        if (*(uint*)metadata != Signature)
        {
            return false;
        }

        var header = metadata + 16 + *(uint*)(metadata + 12);
        var count = *(ushort*)(header + 2);
        header += 4;
        for (var i = 0; i < count; i++)
        {
            var stream = metadata + *(uint*)header;
            var name = header + 8;
            var length = 0;
            while (name[length] != 0)
            {
                length++;
            }

            if (Is(name, "#~", 0, 2))
            {
                tables = stream;
            }
            else if (Is(name, "#Strings", 0, 8))
            {
                strings = stream;
            }

            header = name + ((length + 4) & ~3);
        }

        return tables != null && strings != null;
    }

    private static uint Heap(byte* index, int size) => size == 4 ? *(uint*)index : *(ushort*)index;

    private static int Simple(uint rows) => rows > ushort.MaxValue ? 4 : 2;

    // An index that says in two bits which of several tables it is of.
    private static int Coded(uint rows) => rows > ushort.MaxValue >> 2 ? 4 : 2;

    private static bool Is(byte* name, string text, int from, int to)
    {
        for (var i = from; i < to; i++, name++)
        {
            if (*name != text[i])
            {
                return false;
            }
        }

        return *name == 0;
    }
}
