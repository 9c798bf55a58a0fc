using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace WarmContext.Files.Checksums;

/// <summary>Carry-less multiplication on x64 and Arm64.</summary>
internal static class CarrylessMultiply
{
    public static bool IsSupported => BitConverter.IsLittleEndian && (Pclmulqdq.IsSupported || ArmAes.IsSupported);

    /// <summary>low × constant low + high × constant high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Fold(Vector128<ulong> value, Vector128<ulong> constants) => Pclmulqdq.IsSupported
        ? Pclmulqdq.CarrylessMultiply(value, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, constants, 0x11)
        : ArmAes.PolynomialMultiplyWideningLower(value.GetLower(), constants.GetLower()) ^ ArmAes.PolynomialMultiplyWideningUpper(value, constants);
}
