// A key made for tests, in the form that Google gives to service accounts, and what openssl signs with it.
#pragma once

#include <string_view>

namespace deployctl::tests {

inline constexpr std::string_view service_account_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYlobdoarFJYDV\n"
    "tfvR51iI/8AP5szW7xNNYdASb3hsyOh7oDXX6WDa+qO/pDKZRW/WpuJkXHi4kmQU\n"
    "0Y7xgo1NHsTd+V11Bu0PmLA/2w2llTZpTvJ22YSrWt8i257x6/3ZFHDgyzSjjQau\n"
    "CTBQZs6fjZ9FNJfWsq12araT85r0wnYKFl90WlKrhgK5Pw0khKfwplK++92A7dil\n"
    "HK5nuYY0bNwFDcoXoiz2fAturOcKrMDs8V1FrEvAblcPbeQK8eiSlQCa5nY+tdFv\n"
    "Yu0uPbxhFFTnU8LyFCLV5umeJ/dS7iWt0LrX7ycbkvZ1uLJXqtLyuzL4mXJzpJX8\n"
    "zmniu1WvAgMBAAECggEAJzrYkcNLGatp0wvD4WisZiAgyyCMYK/sCJubYwNyxg17\n"
    "4oyJxCJe6zrztu4IRi/ICpKutevz58aIPycX45G4g0v775LPxTcscCNBZUeJiMDm\n"
    "mpt0mmdauujaOseZ2grbL1se+PCFh8wu9g3vBNkiOs8dlpzolbhGaAj7KgA5RHSw\n"
    "/MXvgkULYqvIorY9tXxUR2R1bLPG7jfvKyAQnZM1clQowjjnRPYrit4l7IHdRbZI\n"
    "KgeaLOKJk2GXefvj2fWqQEQLtqZtgJvM6aomjNTvrBw6PtvrLY0NwAy3qzPYMo5c\n"
    "89sbT3joAhAuZIb/KYiTCgU1Ww+Xm1fO19y1c4giZQKBgQD+Kk5ZimAWSxITLdT1\n"
    "wZ/wcd6ZABeHRocX/AAH/TGAh8Jxyd2lQF7c5m4kaHkxbnL6/XplR26e1vwr4ikC\n"
    "G4e72z6SIo28WMQimdXLLPr1pwdvyIRu6OV+usncBVEUv8LpxekzR1baRKC4xng3\n"
    "+MD+WjVhrY1BdevOuqaVHLdhcwKBgQDaJsdLZ/yjGiIQdxzVJurYvAtUDuXPrXLP\n"
    "eaaXm6bfOKuZZhRYbghZ3RmxWo0rkzL4xUwczoK4VTgCDzr8vr1h/yKsZJFE5Adp\n"
    "CU75jCAC/fxTGDqLDTMDMD+6BPtuUHl5uydOv1ApflaGLKZwM6LP0+DDqxqgUQiJ\n"
    "U+oEGxd71QKBgGrmCEYIuRknQdbnM+aZJVfPzLu1GjA/LZqc1raFe0h/0Pxi1uIm\n"
    "DMAD+tc9SZvMxHdkHRJz1MbhzPX4DR9hzNjqAYsdFVfeTb/vy8fEh1jCg5I0V979\n"
    "/Wgrz7LGWa/MZ4JDRy3WF2V978tHTlDcQu+3qTQH9p1Np3wvbNjSVx6ZAoGBAKz+\n"
    "oX5/2Q1ylN7fxmKV+Rikjos7QS0ey/QR8XU6vus3ooUEOVAi+cZhmpVVTKvokDxN\n"
    "IV2aunj5Q3AGqe1ySPakf9eb7MNn3SSDeDhW0a/twCIZDZvlfLWjlnWqq8TAVoSd\n"
    "UL+W4Tf2cyD12YsSt6L9z7j7QCMv/4f/no1g+o99AoGADRZOprsm54WriuPKOLgF\n"
    "F7/V2G/ISsQCBh5L0XXPpfPdlCMMkQbjTfo87L/s/nI2EIETdzS8CKo3arMC3OkB\n"
    "nko06kLZibckzsN5Li5CHLDUAMj/UI8lZTqrwqnw/o9vmRrvkmzSXqG+jT1wVV25\n"
    "mfE4pL8KjqR34F+/1Qgdgqs=\n"
    "-----END PRIVATE KEY-----\n";

// The claims of deployer@kodex.iam.gserviceaccount.com at 2026-03-01T12:00:00Z.
inline constexpr std::string_view service_account_token =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImtleS0xIiwidHlwIjoiSldUIn0.eyJhdWQiOiJodHRwczovL29hdXRoMi5nb29nbGVhcGlz"
    "LmNvbS90b2tlbiIsImV4cCI6MTc3MjM3MDAwMCwiaWF0IjoxNzcyMzY2NDAwLCJpc3MiOiJkZXBsb3llckBrb2RleC5pYW0uZ3Nl"
    "cnZpY2VhY2NvdW50LmNvbSIsInNjb3BlIjoiaHR0cHM6Ly93d3cuZ29vZ2xlYXBpcy5jb20vYXV0aC9jbG91ZC1wbGF0Zm9ybSJ9"
    ".PwKSO85mXCC-rkvCjjtSc89TPz8j42XBJrP7UYHoMej7khUEkaX3OrQw0aww0tepYQalP3qGm9XH6jxACxeVA9bHQNxakrdAxq0"
    "-nV-2wFvFIwta_Q0RKd8r_pSIdoSJT1KAPV_g7Xn1Z6lWcXl1Ow1KcjcidsH0LW1l_MnRb7KCSAxvMbI6acQHfnPzJieO3nHciJU"
    "6RGdMxwj6INNopXmfrC7fo8OfH3lBjTmgie_DCYKPWeAVbuvwJb1C68EbiRl2PSyHZygTUME47YdT4xI9VSDbrc-D0mh8GEVCcO1"
    "lx9skzHxAj0uRW5B6tsArVgCIpQCEUPSGeJfmWQbKhg";

} // namespace deployctl::tests
